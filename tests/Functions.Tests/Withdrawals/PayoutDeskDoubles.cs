using WalletFunctions.Domain;
using WalletFunctions.Platform.Partners;
using WalletFunctions.Support.Inbox;
using WalletFunctions.Withdrawals.Bank;

namespace Functions.Tests.Withdrawals;

/// <summary>A bank that never knows a payout and answers orders as told.</summary>
internal sealed class ScriptedBank(Func<Task<SubmitAnswerKind>> submit) : IBank
{
    public async Task<SubmitAnswer> SubmitAsync(PayoutOrder order, CancellationToken cancellationToken) => new(await submit());

    public Task<StatusAnswer> AskAsync(string payoutId, CancellationToken cancellationToken) => Task.FromResult(new StatusAnswer(StatusAnswerKind.NotKnown));

    public Task<bool> VoidAsync(string payoutId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<DailyFileRow> DailyFileAsync(DateOnly day, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>The bank itself, from a host during whose sleep something else happens.</summary>
internal sealed class SleepyBank(IBank bank, Func<Task> meanwhile) : IBank
{
    public List<SubmitAnswer> Answers { get; } = [];

    public async Task<SubmitAnswer> SubmitAsync(PayoutOrder order, CancellationToken cancellationToken)
    {
        await meanwhile();
        Answers.Add(await bank.SubmitAsync(order, cancellationToken));
        return Answers[^1];
    }

    public Task<StatusAnswer> AskAsync(string payoutId, CancellationToken cancellationToken) => bank.AskAsync(payoutId, cancellationToken);

    public Task<bool> VoidAsync(string payoutId, CancellationToken cancellationToken) => bank.VoidAsync(payoutId, cancellationToken);

    public IAsyncEnumerable<DailyFileRow> DailyFileAsync(DateOnly day, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>A clock that is asked so often before its host sleeps.</summary>
internal sealed class SleepingOnce(ManualTime clock, int asked, TimeSpan sleep) : TimeProvider
{
    private int left = asked;

    public override DateTimeOffset GetUtcNow()
    {
        if (--left == 0)
        {
            clock.Advance(sleep);
        }

        return clock.GetUtcNow();
    }
}

/// <summary>An inbox during whose opening something else happens.</summary>
internal sealed class InterruptedInbox(Func<Task> meanwhile, RecordingInbox? told = null) : IInbox
{
    public RecordingInbox Told { get; } = told ?? new();

    public async Task<ConversationId> OpenAsync(OpenConversation command, CancellationToken cancellationToken)
    {
        var opened = await Told.OpenAsync(command, cancellationToken);
        await meanwhile();
        return opened;
    }

    public Task AppendEventAsync(ConversationId conversation, string key, Text text, CancellationToken cancellationToken) =>
        Told.AppendEventAsync(conversation, key, text, cancellationToken);

    public Task TellEndAsync(string occasion, DateTimeOffset at, string key, Text text, CancellationToken cancellationToken) =>
        Told.TellEndAsync(occasion, at, key, text, cancellationToken);
}
