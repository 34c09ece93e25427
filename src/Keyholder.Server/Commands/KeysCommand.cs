using System.CommandLine;
using System.Globalization;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Vault;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder keys</c>: the keys of the vault, changed while servers run. No key is ever printed.</summary>
internal static class KeysCommand
{
    /// <summary>What is said when the ring is just being changed.</summary>
    public const string Busy = "another 'keyholder keys' command is changing the keys; try again when it is done, or in a minute";

    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var list = new Command("list", "Lists the keys and how much is sealed with each.");
        list.SetAction((parsed, cancellationToken) => ListAsync(parsed.GetValue(config), context, cancellationToken));
        var verify = new Command("verify", "Opens everything the vault has sealed, and names what does not open.");
        verify.SetAction((parsed, cancellationToken) => VerifyAsync(parsed.GetValue(config), context, cancellationToken));
        var id = new Argument<string>("id") { Description = "The key's id." };
        var retire = new Command("retire", "Takes a key out of the ring when nothing is sealed with it any more.") { id };
        retire.SetAction((parsed, cancellationToken) => RetireAsync(parsed.GetValue(config), parsed.GetRequiredValue(id), context, cancellationToken));
        return new Command("keys", "Changes and checks the keys of the vault, while servers run.") { list, CreateRotate(config, context), verify, retire };
    }

    private static Command CreateRotate(Option<string?> config, ProcessContext context)
    {
        var delay = new Option<string>("--delay")
        {
            Description = "How long the new key is only read with before anything is sealed with it, as in 90s or 15m: until then every server has to have the key file.",
            DefaultValueFactory = _ => Duration.Format(VaultKeyChanges.DefaultDelay),
        };
        var noWait = new Option<bool>("--no-wait") { Description = "Add the key and return: the servers seal anew by themselves." };
        var resume = new Option<bool>("--resume") { Description = "Add no key; go on sealing anew with the newest one there is." };
        var command = new Command("rotate", "Adds a key, waits until it seals, and seals everything anew with it.") { delay, noWait, resume };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var wait = Duration.Parse(parsed.GetRequiredValue(delay)) ?? throw new StartException("--delay is no duration such as 90s or 15m");
            await using var session = await VaultKeySession.OpenAsync(parsed.GetValue(config), context, cancellationToken);
            var rotation = new VaultKeyRotation(session, context);
            if (!parsed.GetValue(resume))
            {
                await rotation.AddAsync(wait, cancellationToken);
            }

            return parsed.GetValue(noWait) ? 0 : await rotation.ResealAsync(cancellationToken);
        });
        return command;
    }

    private static async Task<int> ListAsync(string? path, ProcessContext context, CancellationToken cancellationToken)
    {
        await using var session = await VaultKeySession.OpenAsync(path, context, cancellationToken);
        var (ring, now) = (session.Keys.Current, context.Time.GetUtcNow());
        var counts = await session.Storage.SealedRows.CountAsync(cancellationToken);
        var known = ring.Keys.Select(IReadOnlyList<string> (key) => [key.Id, StateOf(key, ring, now), RowsOf(ring.FindMark(key.Id)!)]);
        var unknown = counts.Where(count => ring.FindId(count.KeyMark) is null).Select(count => Convert.ToHexStringLower(count.KeyMark)).Distinct()
            .Select(IReadOnlyList<string> (mark) => ["?" + mark, "not in the ring", RowsOf(Convert.FromHexString(mark))]);
        await context.Output.WriteTableAsync(["ID", "STATE", "SEALED WITH IT"], known.Concat(unknown));
        return 0;

        string RowsOf(byte[] mark) => counts.Where(count => count.KeyMark.AsSpan().SequenceEqual(mark)).Sum(count => count.Rows).ToString(CultureInfo.InvariantCulture);
    }

    private static string StateOf(VaultKeyInfo key, VaultKeyRing ring, DateTimeOffset now) =>
        key.Id == ring.SealingIdAt(now) ? "seals and opens"
        : key.SealsFrom > now ? "opens; seals from " + CommandOutput.Moment(key.SealsFrom.Value)
        : ring.KeyIds.SkipWhile(id => id != ring.SealingIdAt(now)).Contains(key.Id) ? "opens; held back until every server opens it"
        : "opens";

    private static async Task<int> VerifyAsync(string? path, ProcessContext context, CancellationToken cancellationToken)
    {
        await using var session = await VaultKeySession.OpenAsync(path, context, cancellationToken);
        var verification = new VaultVerification(session.Storage.SealedRows, session.Keys);
        var failures = 0L;
        await verification.RunAsync(
            failure =>
            {
                failures++;
                return context.Error.WriteLineAsync($"keyholder: {SealedKinds.NameOf(failure.Kind)} {CommandOutput.Text(failure.Row)}: {Describe(failure.Outcome)}");
            },
            cancellationToken);
        await context.Output.WriteTableAsync(
            ["SEALED", "KEY", "OPENED"],
            verification.Opened.Select(IReadOnlyList<string> (opened) =>
                [SealedKinds.NameOf(opened.Key.Kind), opened.Key.KeyId, opened.Value.ToString(CultureInfo.InvariantCulture)]));
        await context.Output.WriteLineAsync(Summary(verification, failures, session.Keys.Current.SealingIdAt(context.Time.GetUtcNow())));
        return failures == 0 ? 0 : 1;
    }

    private static string Summary(VaultVerification verification, long failures, string? sealing)
    {
        var opened = verification.Opened.Values.Sum();
        var newest = verification.Opened.Where(entry => entry.Key.KeyId == sealing).Sum(entry => entry.Value);
        var total = opened + failures;
        var percent = total == 0 ? 100 : newest * 100 / total;
        return sealing is null
            ? string.Create(CultureInfo.InvariantCulture, $"Opened {opened} of {total}; the running servers seal with a key that is not in the ring.")
            : string.Create(CultureInfo.InvariantCulture, $"Opened {opened} of {total}; {percent} % are sealed with the key {sealing}.");
    }

    private static string Describe(EnvelopeOutcome outcome) => outcome switch
    {
        EnvelopeOutcome.UnknownKey => "sealed with a key that is not in the ring",
        EnvelopeOutcome.Tampered => "changed, or lying where it was not sealed for",
        _ => "cut short, or no envelope",
    };

    private static async Task<int> RetireAsync(string? path, string id, ProcessContext context, CancellationToken cancellationToken)
    {
        await using var session = await VaultKeySession.OpenAsync(path, context, cancellationToken);
        var outcome = await session.Changes.RetireAsync(id, Operator.Actor, Operator.Origin, cancellationToken);
        if (Refusal(outcome, id) is { } refusal)
        {
            throw new StartException(refusal);
        }

        await context.Output.WriteLineAsync(outcome == RetireOutcome.InConfiguration
            ? $"Nothing is sealed with the key {id}: take it out of vault.keys, on every server."
            : $"Retired the key {id}. Backups from before can only be opened with it: keep a copy of it with them.");
        return 0;
    }

    private static string? Refusal(RetireOutcome outcome, string id) => outcome switch
    {
        RetireOutcome.Retired or RetireOutcome.InConfiguration => null,
        RetireOutcome.Busy => Busy,
        RetireOutcome.NotFound => $"there is no key '{id}' in the ring",
        RetireOutcome.Sealing => $"the key '{id}' is the one that seals; 'keyholder keys rotate' makes another",
        RetireOutcome.Settling => $"a change of keys is just happening; try again in {RetirePolicy.Settling.TotalSeconds} seconds",
        _ => $"the key '{id}' is in use; 'keyholder keys rotate --resume' seals anew, 'keyholder keys verify' names what does not open",
    };
}
