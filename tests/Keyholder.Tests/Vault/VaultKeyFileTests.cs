using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class VaultKeyFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keyholder-keys-").FullName;
    private readonly List<string> _problems = [];

    private string FilePath => Path.Combine(_folder, "vault.keys");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_start_makes_a_key_only_the_owner_can_read_and_the_next_start_uses_it()
    {
        var first = VaultKeyFile.LoadOrCreate(FilePath, _problems).ShouldNotBeNull();
        var second = VaultKeyFile.LoadOrCreate(FilePath, _problems).ShouldNotBeNull();

        _problems.ShouldBeEmpty();
        second.Newest.Secret.ShouldBe(first.Newest.Secret);
        first.Newest.Secret.ShouldNotBe(new byte[32]);
        Directory.GetFiles(_folder).ShouldBe([FilePath]);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task Starts_at_the_same_moment_end_with_the_same_key()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = Path.Combine(_folder, $"round-{round}.keys");
            using var start = new Barrier(8);
            var rings = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    var problems = new List<string>();
                    var ring = VaultKeyFile.LoadOrCreate(path, problems);
                    problems.ShouldBeEmpty();
                    return Convert.ToHexString(ring.ShouldNotBeNull().Newest.Secret);
                },
                TaskCreationOptions.LongRunning)));

            rings.Distinct().Count().ShouldBe(1);
        }

        Directory.GetFiles(_folder).Length.ShouldBe(20);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_open_to_others_is_refused_and_the_message_says_the_repair(UnixFileMode extra)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no mode bits.");
        VaultKeyFile.LoadOrCreate(FilePath, _problems);
        SetMode(UnixFileMode.UserRead | UnixFileMode.UserWrite | extra);

        VaultKeyFile.LoadOrCreate(FilePath, _problems).ShouldBeNull();

        _problems.ShouldHaveSingleItem().ShouldContain($"chmod 600 '{FilePath}'");
    }

    [Fact]
    public void A_missing_file_or_folder_is_a_problem_and_not_a_crash()
    {
        VaultKeyFile.Load(FilePath, _problems).ShouldBeNull();
        VaultKeyFile.LoadOrCreate(Path.Combine(_folder, "none", "vault.keys"), _problems).ShouldBeNull();

        _problems.Count.ShouldBe(2);
        File.Exists(FilePath).ShouldBeFalse();
    }

    [Fact]
    public void A_damaged_file_is_never_replaced_by_a_fresh_key()
    {
        File.WriteAllText(FilePath, "k1:cut short");
        SetMode(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        VaultKeyFile.LoadOrCreate(FilePath, _problems).ShouldBeNull();

        _problems.ShouldHaveSingleItem();
        File.ReadAllText(FilePath).ShouldBe("k1:cut short");
    }

    [Fact]
    public void A_key_is_added_and_removed_with_everything_else_left_as_it_was()
    {
        VaultKeyFile.LoadOrCreate(FilePath, _problems);
        File.AppendAllText(FilePath, "  # a note without an end of line");
        var before = File.ReadAllText(FilePath);
        var old = VaultKeyFile.Load(FilePath, _problems).ShouldNotBeNull().KeyIds[0];
        var moment = new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);

        VaultKeyFile.Add(FilePath, "next", moment);

        File.ReadAllText(FilePath).ShouldStartWith(before + "\nnext:");
        VaultKeyFile.Load(FilePath, _problems).ShouldNotBeNull().Keys.ShouldBe([new(old, null), new("next", moment)]);
        VaultKeyFile.Remove(FilePath, old);
        VaultKeyFile.Load(FilePath, _problems).ShouldNotBeNull().KeyIds.ShouldBe(["next"]);
        File.ReadAllText(FilePath).ShouldContain("# a note");
        _problems.ShouldBeEmpty();
        Directory.GetFiles(_folder).ShouldBe([FilePath]);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(FilePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public void A_key_file_behind_a_link_is_changed_where_it_is()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        VaultKeyFile.LoadOrCreate(FilePath, _problems);
        var link = Path.Combine(_folder, "link.keys");
        File.CreateSymbolicLink(link, FilePath);

        VaultKeyFile.Add(link, "next", DateTimeOffset.UnixEpoch);

        File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName.ShouldBe(FilePath);
        VaultKeyFile.Load(FilePath, _problems).ShouldNotBeNull().KeyIds[^1].ShouldBe("next");
    }

    [Fact]
    public async Task Nobody_who_reads_while_keys_are_added_sees_half_a_file()
    {
        VaultKeyFile.LoadOrCreate(FilePath, _problems);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() =>
        {
            var problems = new List<string>();
            while (!done.IsCancellationRequested)
            {
                VaultKeyFile.Load(FilePath, problems);
            }

            return problems;
        });

        for (var i = 0; i < 50; i++)
        {
            VaultKeyFile.Add(FilePath, "added-" + i, DateTimeOffset.UnixEpoch);
        }

        await done.CancelAsync();
        (await reader).ShouldBeEmpty();
        VaultKeyFile.Load(FilePath, _problems).ShouldNotBeNull().KeyIds.Count.ShouldBe(51);
    }

    private void SetMode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FilePath, mode);
        }
    }
}
