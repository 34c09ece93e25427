using System.Net;
using System.Text;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Gateway;

/// <summary>Sends bytes no HTTP client would send, and keeps the (chunked) answer as text.</summary>
internal sealed class RawExchange(string text)
{
    public string Text { get; } = text;

    public int StatusCode { get; } = int.Parse(text.Split(' ')[1]);

    public static async Task<RawExchange> SendAsync(KeyholderHost host, string request)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var handler = host.CreateHandler(IPAddress.Loopback);
        await using var stream = await handler.ConnectCallback!(null!, patience.Token);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
        await stream.FlushAsync(patience.Token);
        var received = new StringBuilder();
        var buffer = new byte[4096];
        while (!received.ToString().EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await stream.ReadAsync(buffer, patience.Token);
            if (read == 0)
            {
                break;
            }

            received.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return new RawExchange(received.ToString());
    }
}
