using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keyholder.Tests.Hosting;

public sealed class LoggingSetupTests
{
    [Theory]
    [InlineData("Keyholder.Server.Gateway.GatewayEndpoint", LogLevel.Information, true)]
    [InlineData("Keyholder.Server.Gateway.GatewayEndpoint", LogLevel.Debug, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Warning, true)]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Warning, false)]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Error, true)]
    public async Task The_console_gets_what_an_operator_can_act_on(string category, LogLevel level, bool written)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.AddLogging(new LoggingConfiguration());
        await using var app = builder.Build();

        app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level).ShouldBe(written);
    }
}
