using Keyholder.Storage;

namespace Keyholder.Tests.Storage;

public sealed class StoredWordsTests
{
    [Fact]
    public void Every_value_has_a_word_of_its_own_that_reads_back()
    {
        ShouldBeWhole(StoredWords.Phase);
        ShouldBeWhole(StoredWords.ClientSource);
        ShouldBeWhole(StoredWords.SubjectKind);
        ShouldBeWhole(StoredWords.TargetKind);
        ShouldBeWhole(StoredWords.Purpose);
        ShouldBeWhole(StoredWords.OwnerKind);
        ShouldBeWhole(StoredWords.CredentialKind);
        ShouldBeWhole(StoredWords.CredentialStatus);
        ShouldBeWhole(StoredWords.ImportOutcome);
    }

    [Fact]
    public void A_foreign_word_is_refused() =>
        Should.Throw<InvalidDataException>(() => StoredWords.Phase.Read("Consent")).Message.ShouldContain("AuthorizationPhase");

    private static void ShouldBeWhole<TEnum>(WordTable<TEnum> table)
        where TEnum : struct, Enum
    {
        foreach (var value in Enum.GetValues<TEnum>())
        {
            table.Read(table.Write(value)).ShouldBe(value);
        }
    }
}
