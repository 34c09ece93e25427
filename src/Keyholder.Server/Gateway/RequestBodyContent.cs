using System.Net;

namespace Keyholder.Server.Gateway;

/// <summary>A <see cref="RequestBody"/> on its way to the upstream.</summary>
internal sealed class RequestBodyContent : HttpContent
{
    private readonly RequestBody _body;

    public RequestBodyContent(RequestBody body)
    {
        _body = body;
        Headers.TryAddWithoutValidation("Content-Type", MediaTypes.Json);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!_body.TryBeginSending())
        {
            throw new OperationCanceledException("The request is over.");
        }

        try
        {
            await stream.WriteAsync(_body.Bytes, cancellationToken);
        }
        finally
        {
            _body.EndSending();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Bytes.Length;
        return true;
    }
}
