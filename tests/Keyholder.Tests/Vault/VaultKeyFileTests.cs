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

    private void SetMode(UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FilePath, mode);
        }
    }
}
