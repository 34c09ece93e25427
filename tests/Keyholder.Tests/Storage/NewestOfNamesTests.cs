using Keyholder.Sessions;
using Keyholder.Storage;

namespace Keyholder.Tests.Storage;

public sealed class NewestOfNamesTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_page_is_known_when_nothing_unread_could_be_on_it()
    {
        var page = NewestOfNames.Merge([("a", At(90)), ("a", At(10)), ("b", At(80)), ("b", At(70)), ("b", At(60))], share: 5, limit: 3);

        page.ShouldNotBeNull().Select(Millisecond).ShouldBe([90, 80, 70]);
    }

    [Fact]
    public void A_name_that_gave_all_it_was_asked_for_may_have_more_and_the_page_waits_for_it()
    {
        (string, RowPosition)[] found = [("a", At(90)), ("a", At(85)), ("b", At(20)), ("b", At(10))];

        NewestOfNames.Merge(found, share: 2, limit: 3).ShouldBeNull();
        NewestOfNames.Merge(found, share: 3, limit: 3).ShouldNotBeNull().Select(Millisecond).ShouldBe([90, 85, 20]);
        NewestOfNames.Merge(found, share: 2, limit: 2).ShouldNotBeNull().Select(Millisecond).ShouldBe([90, 85]);
    }

    [Fact]
    public void Sessions_of_the_millisecond_at_which_a_name_was_left_may_be_unread()
    {
        var same = At(85);
        (string, RowPosition)[] found = [("a", At(90)), ("a", same), ("b", same), ("b", At(10))];

        NewestOfNames.Merge(found, share: 2, limit: 3).ShouldBeNull();
    }

    [Fact]
    public void A_session_found_under_several_names_is_on_the_page_once()
    {
        var both = At(50);

        NewestOfNames.Merge([("a", both), ("b", both)], share: 5, limit: 5).ShouldBe([both]);
    }

    [Fact]
    public void Whatever_is_stored_the_page_is_what_reading_everything_would_give()
    {
        var draws = new Sessions.Model.Draws(0x5EED);
        for (var trial = 0; trial < 500; trial++)
        {
            var limit = 1 + draws.Below(20);
            var stored = Enumerable.Range(0, 1 + draws.Below(30))
                .ToDictionary(name => $"n{name}", _ => Enumerable.Range(0, draws.Below(40)).Select(_ => At(draws.Below(200))).OrderByDescending(Order).ToList());
            var expected = stored.Values.SelectMany(p => p).OrderByDescending(Order).Take(limit).ToList();

            var share = NewestOfNames.FirstShare(stored.Count, limit);
            List<RowPosition>? page;
            while ((page = NewestOfNames.Merge([.. stored.SelectMany(name => name.Value.Take(share).Select(p => (name.Key, p)))], share, limit)) is null)
            {
                var next = NewestOfNames.NextShare(share, limit);
                next.ShouldBeGreaterThan(share);
                share = next;
            }

            page.ShouldBe(expected);
        }
    }

    private static (DateTimeOffset, UInt128) Order(RowPosition position) => (position.CreatedAt, position.Id);

    private static double Millisecond(RowPosition position) => (position.CreatedAt - Start).TotalMilliseconds;

    private static RowPosition At(int milliseconds) => new(Start.AddMilliseconds(milliseconds), SessionId.Create().Value);
}
