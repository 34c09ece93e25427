using Keyholder.Revocation;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>The kinds of target that mean sessions.</summary>
public static class SessionTargets
{
    public static TheoryData<RevocationTargetKind> Kinds => [.. Enum.GetValues<RevocationTargetKind>().Where(kind => kind != RevocationTargetKind.Token)];
}
