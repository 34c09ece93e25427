using Keyholder.Audit;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Tests.Storage.Contracts;

namespace Keyholder.Tests.Storage;

/// <summary>What happens many times a second, or shows a page of something that grows without end: it may read only what it needs.</summary>
internal static class HotStatements
{
    private static readonly DateTimeOffset Now = new(2030, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private static readonly RowPosition Middle = new(Now.AddDays(-1), SessionId.Create().Value);

    private static readonly Dictionary<string, Func<IKeyholderStorage, Task>> ByName = new()
    {
        ["rotate"] = storage => RotateAsync(storage, SessionId.Create()),
        ["rotate, lost"] = async storage =>
        {
            var newest = await storage.SessionDirectory.ListAsync(Page, Now, default);
            await RotateAsync(storage, newest.Count == 0 ? SessionId.Create() : newest[0].Id);
        },
        ["redeem"] = storage => storage.Sessions.RedeemCodeAsync(Sample.Redemption(Sample.Session(Now), Sample.Hash(), Now), Now, default),
        ["find"] = storage => storage.Sessions.FindAsync(SessionId.Create(), default),
        ["show"] = storage => storage.SessionDirectory.FindAsync(SessionId.Create(), default),
        ["revoke"] = storage => storage.Sessions.RevokeAsync(
            SessionId.Create(), RevocationReasons.Operator, SessionRevocation.Entry(SessionId.Create(), RevocationReasons.Operator, Now), Sample.Audit(Now, AuditActions.SessionRevoked), Now, default),
        ["count of a subject"] = storage => storage.SessionDirectory.CountAsync(new SessionSelector { Subject = Subject.User("u1") }, default),
        ["count of a client"] = storage => storage.SessionDirectory.CountAsync(new SessionSelector { ClientId = "c200" }, default),
        ["page: newest"] = List(Page),
        ["page: after"] = List(Page with { After = Middle }),
        ["page: kind"] = List(Page with { SubjectKind = SubjectKind.VirtualKey, After = Middle }),
        ["page: client"] = List(Page with { ClientId = "c200" }),
        ["page: client, after"] = List(Page with { ClientId = "c200", After = Middle }),
        ["page: client and kind"] = List(Page with { ClientId = "c200", SubjectKind = SubjectKind.User }),
        ["page: subject"] = List(Page with { Subject = Subject.User("u1"), After = Middle }),
        ["page: subject and client"] = List(Page with { Subject = Subject.User("u1"), ClientId = "c200" }),
        ["page: text of nobody"] = List(Page with { Text = "nobody at all" }),
        ["page: text of one"] = List(Page with { Text = "person 4711" }),
        ["page: text of some"] = List(Page with { Text = "agent 47", After = Middle }),
        ["page: text of many"] = List(Page with { Text = "person" }),
        ["page: text of many, old sessions only"] = List(Page with { Text = "dormant", Limit = 5 }),
        ["page: text and kind"] = List(Page with { Text = "agent", SubjectKind = SubjectKind.VirtualKey }),
        ["page: text and client"] = List(Page with { Text = "agent", ClientId = "c200" }),
        ["page: text and subject"] = List(Page with { Text = "person", Subject = Subject.User("u1") }),
        ["revocations: new ones"] = storage => storage.Revocations.ReadAfterAsync(1_000_000_000, Now, default),
        ["audit: newest"] = storage => storage.AuditTrail.ListAsync(new AuditQuery { Limit = 50 }, default),
        ["audit: action, before"] = storage => storage.AuditTrail.ListAsync(new AuditQuery { Action = AuditActions.SessionRevoked, Before = 1000, Limit = 50 }, default),
        ["audit: target"] = storage => storage.AuditTrail.ListAsync(new AuditQuery { Target = "session:1", Limit = 50 }, default),
    };

    public static TheoryData<string> Names => [.. ByName.Keys];

    private static SessionQuery Page => new() { Limit = 50 };

    public static Task ExecuteAsync(string name, IKeyholderStorage storage) => ByName[name](storage);

    private static Func<IKeyholderStorage, Task> List(SessionQuery query) => storage => storage.SessionDirectory.ListAsync(query, Now, default);

    private static async Task RotateAsync(IKeyholderStorage storage, SessionId id) =>
        await storage.Sessions.RotateAsync(Sample.Rotation(Sample.Session(Now) with { Id = id }, Sample.Hash(), Now), Now, default);
}
