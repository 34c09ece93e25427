using Keyholder.Audit;
using Keyholder.Authorization;
using Keyholder.Authorization.Device;
using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage.Contracts;

public abstract class DeviceAuthorizationStoreContract<TFixture> : StorageContract<TFixture>
    where TFixture : StorageFixture, new()
{
    [Fact]
    public async Task A_device_is_found_by_its_user_code_as_it_was_stored()
    {
        var device = await AddAsync(Sample.Device(Now) with { ClientId = Hostile, Resource = Hostile });

        var found = await Db.DeviceAuthorizations.FindByUserCodeAsync(device.UserCodeHash, default);

        found.ShouldBeRow(device);
        (await Db.DeviceAuthorizations.FindByUserCodeAsync(Sample.Hash(), default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_user_code_that_is_in_use_is_refused_and_changes_nothing()
    {
        var device = await AddAsync(Sample.Device(Now));

        (await Db.DeviceAuthorizations.AddAsync(Sample.Device(Now) with { UserCodeHash = device.UserCodeHash }, default)).ShouldBeFalse();

        (await Db.DeviceAuthorizations.FindByUserCodeAsync(device.UserCodeHash, default))!.SessionId.ShouldBe(device.SessionId);
    }

    [Fact]
    public async Task The_first_to_enter_the_code_begins_the_request_and_everybody_learns_which_it_is()
    {
        var device = await AddAsync(Sample.Device(Now));
        var (first, second) = (Sample.Request(device), Sample.Request(device));

        (await Db.DeviceAuthorizations.BeginAsync(first, Now, default)).ShouldBe(first.Id);
        (await Db.DeviceAuthorizations.BeginAsync(second, Now, default)).ShouldBe(first.Id);

        (await Db.AuthorizationRequests.FindAsync(first.Id, default)).ShouldBeRow(first);
        (await Db.AuthorizationRequests.FindAsync(second.Id, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_begun_for_a_device_that_is_unknown_expired_or_has_another_code()
    {
        var device = await AddAsync(Sample.Device(Now));
        AuthorizationRequest[] requests = [Sample.Request(Sample.Device(Now)), Sample.Request(device) with { DeviceCodeHash = Sample.Hash() }, Sample.Request(device)];

        (await Db.DeviceAuthorizations.BeginAsync(requests[0], Now, default)).ShouldBeNull();
        (await Db.DeviceAuthorizations.BeginAsync(requests[1], Now, default)).ShouldBeNull();
        (await Db.DeviceAuthorizations.BeginAsync(requests[2], device.ExpiresAt, default)).ShouldBeNull();

        foreach (var request in requests)
        {
            (await Db.AuthorizationRequests.FindAsync(request.Id, default)).ShouldBeNull();
        }

        (await Db.DeviceAuthorizations.BeginAsync(requests[2], device.ExpiresAt.AddMilliseconds(-1), default)).ShouldBe(requests[2].Id);
    }

    [Fact]
    public async Task Of_many_browsers_at_once_one_begins_and_all_learn_the_same_id()
    {
        var (warm, device) = (await AddAsync(Sample.Device(Now)), await AddAsync(Sample.Device(Now)));
        var requests = Enumerable.Range(0, 32).Select(_ => Sample.Request(device)).ToList();

        var ids = await RaceAsync(
            32,
            () => Db.DeviceAuthorizations.BeginAsync(Sample.Request(warm), Now, default),
            i => Db.DeviceAuthorizations.BeginAsync(requests[i], Now, default));

        var winner = ids.Distinct().ShouldHaveSingleItem();
        requests.ShouldContain(request => request.Id == winner);
        var stored = await Task.WhenAll(requests.Select(request => Db.AuthorizationRequests.FindAsync(request.Id, default)));
        stored.Count(request => request is not null).ShouldBe(1);
    }

    [Fact]
    public async Task A_poll_tells_how_far_the_request_has_come()
    {
        var (waiting, begun, denied, approved) = (
            await AddAsync(Sample.Device(Now)), await AddAsync(Sample.Device(Now)), await AddAsync(Sample.Device(Now)), await AddAsync(Sample.Device(Now)));
        await Db.DeviceAuthorizations.BeginAsync(Sample.Request(begun), Now, default);
        var failing = Sample.Request(denied);
        await Db.DeviceAuthorizations.BeginAsync(failing, Now, default);
        await Db.AuthorizationRequests.FailAsync(failing.Id, null, Now, default);
        await ApproveAsync(approved);

        (await PollAsync(waiting)).ShouldBe(DevicePollOutcome.Pending);
        (await PollAsync(begun)).ShouldBe(DevicePollOutcome.Pending);
        (await PollAsync(denied)).ShouldBe(DevicePollOutcome.Denied);
        (await PollAsync(approved)).ShouldBe(DevicePollOutcome.Approved);
    }

    [Fact]
    public async Task A_device_expires_to_the_millisecond_unless_it_is_approved()
    {
        var (waiting, approved) = (await AddAsync(Sample.Device(Now)), await AddAsync(Sample.Device(Now)));
        await ApproveAsync(approved);

        (await PollAsync(waiting, waiting.ExpiresAt.AddMilliseconds(-1))).ShouldBe(DevicePollOutcome.Pending);
        (await PollAsync(waiting, waiting.ExpiresAt.AddSeconds(10))).ShouldBe(DevicePollOutcome.Expired);
        (await PollAsync(approved, waiting.ExpiresAt)).ShouldBe(DevicePollOutcome.Approved);
    }

    [Fact]
    public async Task Every_poll_that_comes_too_early_adds_five_seconds_for_good()
    {
        var device = await AddAsync(Sample.Device(Now));

        (await PollAsync(device, Now)).ShouldBe(DevicePollOutcome.Pending);
        (await PollAsync(device, Now.AddMilliseconds(4999))).ShouldBe(DevicePollOutcome.SlowDown);
        await ShouldWaitAsync(device, TimeSpan.FromSeconds(10), Now.AddMilliseconds(14999));
        (await PollAsync(device, Now.AddMilliseconds(14998))).ShouldBe(DevicePollOutcome.SlowDown);
        await ShouldWaitAsync(device, TimeSpan.FromSeconds(15), Now.AddMilliseconds(29998));
        (await PollAsync(device, Now.AddMilliseconds(29998))).ShouldBe(DevicePollOutcome.Pending);
        await ShouldWaitAsync(device, TimeSpan.FromSeconds(15), Now.AddMilliseconds(44998));
    }

    [Fact]
    public async Task A_stranger_learns_nothing_and_slows_nobody_down()
    {
        var device = await AddAsync(Sample.Device(Now));
        var poll = new DevicePoll(device.SessionId, device.DeviceCodeHash, device.ClientId, device.Resource);

        (await Db.DeviceAuthorizations.PollAsync(poll with { ClientId = "other" }, Now, default)).ShouldBe(DevicePollOutcome.Mismatch);
        (await Db.DeviceAuthorizations.PollAsync(poll with { DeviceCodeHash = Sample.Hash() }, Now, default)).ShouldBe(DevicePollOutcome.Mismatch);
        (await Db.DeviceAuthorizations.PollAsync(poll with { Resource = "https://gate.example/mcp/other" }, Now, default)).ShouldBe(DevicePollOutcome.Mismatch);
        (await Db.DeviceAuthorizations.PollAsync(poll with { SessionId = SessionId.Create() }, Now, default)).ShouldBe(DevicePollOutcome.NotFound);

        await ShouldWaitAsync(device, device.Interval, device.NextPollAt);
        (await Db.DeviceAuthorizations.PollAsync(poll, Now, default)).ShouldBe(DevicePollOutcome.Pending);
    }

    [Fact]
    public async Task Of_many_polls_at_once_one_is_answered_and_each_of_the_others_adds_five_seconds()
    {
        var (warm, device) = (await AddAsync(Sample.Device(Now)), await AddAsync(Sample.Device(Now)));
        await ApproveAsync(device);

        var outcomes = await RaceAsync(16, () => PollAsync(warm), _ => PollAsync(device));

        outcomes.Count(outcome => outcome == DevicePollOutcome.Approved).ShouldBe(1);
        outcomes.Count(outcome => outcome == DevicePollOutcome.SlowDown).ShouldBe(15);
        await ShouldWaitAsync(device, TimeSpan.FromSeconds(5 + (15 * 5)), Now.AddSeconds(5 + (15 * 5)));
    }

    private async Task<DeviceAuthorization> AddAsync(DeviceAuthorization device)
    {
        (await Db.DeviceAuthorizations.AddAsync(device, default)).ShouldBeTrue();
        return device;
    }

    private async Task ApproveAsync(DeviceAuthorization device)
    {
        var request = Sample.Request(device);
        await Db.DeviceAuthorizations.BeginAsync(request, Now, default);
        await Db.AuthorizationRequests.SignInAsync(request.Id, Subject.User("u1"), Now, Now, default);
        await Db.AuthorizationRequests.ConsentAsync(request.Id, null, null, Now, default);
        var session = Sample.Session(Now) with { Id = device.SessionId };
        (await Db.AuthorizationRequests.CompleteAsync(request.Id, session, Sample.Audit(Now, AuditActions.SessionCreated), Now, default)).ShouldBe(AuthorizationTransitionOutcome.Moved);
    }

    private Task<DevicePollOutcome> PollAsync(DeviceAuthorization device, DateTimeOffset? at = null) =>
        Db.DeviceAuthorizations.PollAsync(new DevicePoll(device.SessionId, device.DeviceCodeHash, device.ClientId, null), at ?? Now, default);

    private async Task ShouldWaitAsync(DeviceAuthorization device, TimeSpan interval, DateTimeOffset nextPollAt)
    {
        var stored = (await Db.DeviceAuthorizations.FindByUserCodeAsync(device.UserCodeHash, default)).ShouldNotBeNull();
        stored.Interval.ShouldBe(interval);
        stored.NextPollAt.ShouldBe(nextPollAt);
    }
}
