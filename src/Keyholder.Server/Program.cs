using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;

#pragma warning disable RS0030 // The one place that names the system clock.
var time = TimeProvider.System;
#pragma warning restore RS0030
await using var app = await KeyholderApp.BuildAsync(KeyholderConfiguration.Default, time);
await app.RunAsync();
