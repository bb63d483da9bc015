using WalletFunctions.Domain;

namespace WalletFunctions.Wallet;

/// <summary>Writes one book: commands queue up and go out together, the next transaction as soon as the last has returned.</summary>
/// <remarks>
/// What makes it correct is in storage alone: every transaction is conditioned on the head's ETag, and key, operation and entry
/// rows are insert-only. Several processes may each have a writer of the same book; this one's cached head only saves reads.
/// </remarks>
internal sealed partial class BookWriter(WalletId wallet, BookStore store, TimeProvider businessClock, TimeProvider machineClock, LedgerOptions options)
{
    private readonly string partition = BookKeys.Partition(wallet);
    private readonly Lock gate = new();
    private readonly Queue<BookPending> waiting = new();
    private readonly Dictionary<string, BookPending> running = new(StringComparer.Ordinal);
    private bool isRunning;

    /// <summary>Whether nothing waits, so that the writer may be forgotten.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
            {
                return !isRunning;
            }
        }
    }

    /// <summary>Queues a command. The task ends with its outcome, whoever else is waiting or has given up.</summary>
    /// <returns>What waits for the outcome, and whether for that of an earlier request which this one repeats.</returns>
    public (BookPending Pending, bool IsRepeat) Enqueue(BookCommand command)
    {
        var pending = new BookPending(command, machineClock.GetTimestamp() + (long)(options.CommandBudget.TotalSeconds * machineClock.TimestampFrequency));
        bool start;
        lock (gate)
        {
            if (running.TryGetValue(pending.Witness, out var first))
            {
                (first.Repeats ??= []).Add(pending);
                return (pending, true);
            }

            running.Add(pending.Witness, pending);
            waiting.Enqueue(pending);
            start = !isRunning;
            isRunning = true;
        }

        if (start)
        {
            // The batch belongs to many callers: it must not carry the context of the one who happened to start it, who goes on at its first wait.
            using (ExecutionContext.SuppressFlow())
            {
                _ = RunAsync();
            }
        }

        return (pending, false);
    }

    /// <summary>Takes a repeat back that still waits for its first request, so that it cannot happen after its caller has left.</summary>
    /// <returns>False when it no longer waits: it has its outcome, or runs in its own right because the first stored nothing.</returns>
    public bool TryWithdraw(BookPending repeat)
    {
        lock (gate)
        {
            return running.TryGetValue(repeat.Witness, out var first) && first.Repeats?.Remove(repeat) == true;
        }
    }

    private async Task RunAsync()
    {
        while (TakeMore())
        {
            try
            {
                await StepAsync();
            }
            catch (Exception fault)
            {
                // Not a fault of storage, those are handled within: a bug must reach the callers, not stop the book.
                stored = null;
                foreach (var pending in todo.ToArray())
                {
                    End(pending, null, fault);
                }
            }
        }
    }

    /// <summary>Fills the work list up from the queue. False when there is nothing left to do.</summary>
    private bool TakeMore()
    {
        lock (gate)
        {
            while (todo.Count < BookPlan.MaxRows && waiting.TryDequeue(out var next))
            {
                todo.Add(next);
            }

            isRunning = todo.Count > 0;
            return isRunning;
        }
    }

    /// <summary>Ends a command and answers its repeats: with its stored answer where there is one, else each is tried for itself.</summary>
    private void End(BookPending pending, Outcome? outcome, Exception? fault = null)
    {
        if (pending.IsDone)
        {
            // An attempt that was given up has landed after all; whoever repeats the request finds its row.
            return;
        }

        todo.Remove(pending);
        List<BookPending>? repeats;
        bool isLast;
        lock (gate)
        {
            running.Remove(pending.Witness);
            repeats = pending.Repeats;
            if (repeats is { Count: > 0 } && fault is null && RepeatOf(pending, outcome!) is null)
            {
                var first = repeats[0];
                first.Repeats = repeats.Count > 1 ? repeats[1..] : null;
                running.Add(first.Witness, first);
                waiting.Enqueue(first);
                repeats = null;
            }

            isLast = todo.Count == 0 && waiting.Count == 0 && repeats is null;
        }

        if (fault is not null)
        {
            pending.Fail(fault);
        }
        else
        {
            pending.Complete(outcome!, isLast);
        }

        foreach (var repeat in repeats ?? [])
        {
            if (fault is not null)
            {
                repeat.Fail(fault);
            }
            else
            {
                var same = repeat.Command.Key is null || repeat.Command.Key.Fingerprint == pending.Command.Key?.Fingerprint;
                repeat.Complete(same ? RepeatOf(pending, outcome!)! : new Outcome.KeyReused(), isLast: false);
            }
        }
    }

    /// <summary>What a repeat of a decided command gets; null when nothing was stored that it could get.</summary>
    private static Outcome? RepeatOf(BookPending pending, Outcome outcome) => outcome switch
    {
        Outcome.Committed committed => new Outcome.Replayed(committed.Answer, pending.Command.OperationId),
        Outcome.Refused { Answer: not null } refused when !BookPlan.IsFinal(refused.Error) => null,
        Outcome.Refused { Answer: { } answer } => new Outcome.Replayed(answer, pending.Command.OperationId),
        Outcome.Refused refused => refused,
        Outcome.Replayed replayed => replayed,
        _ => null,
    };
}
