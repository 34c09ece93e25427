using DemoUpstream;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("ModelContextProtocol", LogLevel.Error);
try
{
    var options = new DemoUpstreamOptions();
    builder.Configuration.GetSection("Demo").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
    await using var app = DemoUpstreamApp.Build(builder, options, DemoUpstreamApp.SystemClock);
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}
