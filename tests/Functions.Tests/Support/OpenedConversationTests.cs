using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Tests.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Support;

/// <summary>Conversations that the system opens, adds to and ends: what that costs, and that it is done once, wherever a process ends over it.</summary>
public sealed class OpenedConversationTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_conversation_takes_no_more_storage_calls_than_are_known()
    {
        var rig = (await InboxRig.OpenAsync()).Another();
        var id = await OpenAsync(rig);
        rig.Faults.Calls.ShouldBe(3, "the conversation, its row in the index, and a look at whether that is the newest");
        (await CallsAsync(rig, () => AddAsync(rig, id))).ShouldBe(4, "the head is read first");
        (await CallsAsync(rig, () => EndAsync(rig, id))).ShouldBe(5, "it stands elsewhere in the index");
        (await CallsAsync(rig, () => OpenAsync(rig))).ShouldBeLessThanOrEqualTo(6, "it was there, which the attempt to write it tells");
    }

    [Theory]
    [InlineData(Fault.EndBefore)]
    [InlineData(Fault.EndAfter)]
    [InlineData(Fault.AnswerLost)]
    internal async Task A_process_that_ends_at_any_storage_call_leaves_one_conversation_each_event_once_and_the_index_right(Fault fault)
    {
        var rig = await InboxRig.OpenAsync();
        var whole = rig.Another();
        await PassAsync(whole, "whole");
        for (var call = 1; call <= whole.Faults.Calls; call++)
        {
            var (dying, at, key) = (rig.Another(), call, $"dies {call}");
            dying.Faults.Plan = (number, _) => number == at ? fault : Fault.None;
            await Record.ExceptionAsync(() => PassAsync(dying, key));
            await PassAsync(rig.Another(), key);
            var (head, _, items) = await rig.ReadAsync(InboxKeys.ConversationOf("opened|" + key, At));
            head.Status.ShouldBe(ConversationStatus.Resolved);
            items.Cast<InboxEvent>().Select(item => item.Kind).ShouldBe(["opened", "system", "system", "status_changed"], key);
        }

        (await rig.ListAsync(InboxView.Resolved)).Count.ShouldBe(whole.Faults.Calls + 1);
        (await rig.ListAsync()).Count.ShouldBe(whole.Faults.Calls + 1, "none stands in the index twice");
    }

    [Fact]
    public async Task Many_who_open_and_add_to_the_same_conversation_at_once_make_one_of_it()
    {
        var rig = await InboxRig.OpenAsync();
        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            var other = rig.Another();
            var id = await OpenAsync(other);
            await AddAsync(other, id);
            return id;
        }));
        var (_, _, items) = await rig.ReadAsync(ids.Distinct().ShouldHaveSingleItem());
        items.Cast<InboxEvent>().Select(item => item.Kind).ShouldBe(["opened", "system"]);
    }

    private static async Task PassAsync(InboxRig rig, string key)
    {
        var id = await OpenAsync(rig, key);
        await AddAsync(rig, id);
        await EndAsync(rig, id);
    }

    private static Task<ConversationId> OpenAsync(InboxRig rig, string key = "case") => rig.Inbox.OpenAsync(
        new OpenConversation(key, At, new("退款", "A refund"), Priority.Normal, "refund", null, new("开始", "It began")) { Turn = MatterTurn.Theirs }, default);

    private static Task AddAsync(InboxRig rig, ConversationId id) => rig.Inbox.AppendEventAsync(id, "asked", new("已询问商户", "The merchant was asked"), Priority.Low, MatterTurn.Theirs, default);

    private static Task EndAsync(InboxRig rig, ConversationId id) => rig.Inbox.AppendEventAsync(id, "paid", new("已退款", "Paid"), Priority.Low, MatterTurn.Nobodys, default);

    private static async Task<int> CallsAsync(InboxRig rig, Func<Task> act)
    {
        var before = rig.Faults.Calls;
        await act();
        return rig.Faults.Calls - before;
    }
}
