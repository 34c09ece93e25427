using BenchmarkDotNet.Running;
using Keyholder.Bench;
using Keyholder.Bench.Chaos;
using Keyholder.Bench.Introspect;
using Keyholder.Bench.Refresh;
using Keyholder.Bench.Revoke;
using Keyholder.Bench.Servers;
using Keyholder.Bench.Sessions;

switch (args)
{
    case ["gateway", .. var options]:
        return await GatewayComparison.RunAsync(options);
    case ["refresh", .. var options]:
#pragma warning disable RS0030 // A measurement runs on the real clock.
        return await RefreshComparison.RunAsync(options, TimeProvider.System);
    case ["introspect", .. var options]:
        return await IntrospectionComparison.RunAsync(options, TimeProvider.System);
    case ["revoke", .. var options]:
        return await RevocationPropagation.RunAsync(options, TimeProvider.System);
    case ["chaos", .. var options]:
        return await ChaosTest.RunAsync(options, TimeProvider.System);
    case ["sessions", .. var options]:
        return await SessionPagesMeasurement.RunAsync(options, TimeProvider.System);
#pragma warning restore RS0030
    case ["micro", .. var options]:
        BenchmarkSwitcher.FromAssembly(typeof(GatewayComparison).Assembly).Run(options.Length > 0 ? options : ["--filter", "*"]);
        return 0;
    case ["serve-upstream", var url]:
        await BareUpstream.RunAsync(url);
        return 0;
    case ["serve-forwarder", var url, var upstream]:
        await BareForwarder.RunAsync(url, upstream);
        return 0;
    case ["serve-signer", var url]:
        await BareSigner.RunAsync(url);
        return 0;
    default:
        Console.Error.WriteLine("usage: bench/run gateway [--seconds N] [--rounds N] | refresh [--seconds N] [--rounds N] [--sessions N] [--callers N,…] [--backends sqlite,postgres] | introspect [--seconds N] [--rounds N] [--tokens N] | revoke [--trials N] [--callers N] | chaos [--minutes N | --seconds N] [--clients N] | sessions [--sessions N] [--rounds N] | micro [BenchmarkDotNet arguments]");
        return 2;
}
