using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

/// <summary>A command that waits for its outcome, with the repeats that wait for the same one.</summary>
/// <param name="Command">What is asked.</param>
/// <param name="Deadline">When its caller is told that storage is out of reach; a timestamp of the machine's clock.</param>
internal sealed record BookPending(BookCommand Command, long Deadline)
{
    private readonly TaskCompletionSource<Outcome> completion = new();

    public Task<Outcome> Task => completion.Task;

    /// <summary>The row that proves it was decided; two commands with the same one cannot share a transaction.</summary>
    public string Witness { get; } = Command.Key?.RowKey ?? BookKeys.Operation(Command.OperationId);

    /// <summary>The hold it ends, as last read.</summary>
    public HoldRow? Hold { get; set; }

    /// <summary>Repeats of it that arrived while it ran. Guarded by the writer's lock.</summary>
    public List<BookPending>? Repeats { get; set; }

    /// <summary>How often its decision has failed over a hold that is newer than the head.</summary>
    public int Misreadings { get; set; }

    /// <summary>The refusal that is stored by its code alone: another feature's is the command's own.</summary>
    public DomainError RefusalOf(string code) =>
        Command.HoldId is null && Command.Move(null) is BookMove.Refuse { Error: { } own } && own.Code == code ? own : LedgerErrors.Find(code);

    public bool IsDone { get; private set; }

    /// <summary>Tells the caller.</summary>
    /// <param name="isLast">Whether nobody else waits: then the caller goes on in this very thread, which saves the way to another.</param>
    public void Complete(Outcome outcome, bool isLast)
    {
        IsDone = true;
        if (isLast)
        {
            completion.TrySetResult(outcome);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(static told => told.completion.TrySetResult(told.outcome), (completion, outcome), preferLocal: false);
        }
    }

    public void Fail(Exception fault)
    {
        IsDone = true;
        ThreadPool.UnsafeQueueUserWorkItem(static told => told.completion.TrySetException(told.fault), (completion, fault), preferLocal: false);
    }
}
