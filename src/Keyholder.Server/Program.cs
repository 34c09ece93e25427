using System.Collections;
using Keyholder.Server.Commands;

#pragma warning disable RS0030 // The one place that names the system clock.
var time = TimeProvider.System;
#pragma warning restore RS0030
var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
return await KeyholderCommand.RunAsync(args, new ProcessContext(Console.In, Console.Out, Console.Error, environment, time));
