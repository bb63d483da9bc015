using Azure;
using WalletFunctions.Domain.Books;

namespace WalletFunctions.Wallet;

// Only the running loop touches this half's state; no lock is needed.
internal sealed partial class BookWriter
{
    private const int MostMisreadings = 3;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly List<BookPending> todo = [];

    /// <summary>Attempts since the head was last known to have moved by us: each may be the one that a later read of the head names.</summary>
    private readonly List<BookPlan> attempts = [];

    private StoredHead? stored;
    private int most = BookPlan.MaxRows;
    private int faults;
    private Exception? lastFault;

    /// <summary>One attempt: load what is missing, decide, commit; or learn from what went wrong.</summary>
    private async Task StepAsync()
    {
        GiveUpOverdue();
        if (todo.Count == 0)
        {
            return;
        }

        using var budget = new CancellationTokenSource(options.CallBudget, machineClock);
        BookPlan? plan = null;
        try
        {
            if (stored is null)
            {
                await ReloadAsync(budget.Token);
            }

            await LoadHoldsAsync(budget.Token);
            plan = MakePlan(stored!);
            if (plan.Outcomes.Count == 0)
            {
                return;
            }

            if (await FindEarlierAnswersAsync(plan, budget.Token))
            {
                return;
            }

            var etag = await store.SubmitAsync(plan.Actions, budget.Token);
            Land(plan, etag);
        }
        catch (RequestFailedException fault) when (plan is not null)
        {
            await LearnAsync(plan, fault, budget.Token);
        }
        catch (Exception fault) when (IsTransient(fault))
        {
            lastFault = fault;
            Doubt(plan);
            await PauseAsync();
        }
        catch (ClockBehindException fault)
        {
            // This host's clock follows the others' (the sandbox has moved it), or is broken; time will tell.
            lastFault = fault;
            await PauseAsync();
        }
    }

    /// <summary>A refusal that is not kept leaves no row that would meet an answer kept earlier, so that is looked for first.</summary>
    /// <remarks>Read after the head, it is good for the head's ETag: an answer written later kills that.</remarks>
    /// <returns>Whether there was one; the others are then decided anew.</returns>
    private async Task<bool> FindEarlierAnswersAsync(BookPlan plan, CancellationToken cancellation)
    {
        var found = false;
        foreach (var (pending, outcome) in plan.Outcomes)
        {
            if (outcome is Outcome.Refused refused && pending.Command.Key is not null && !BookPlan.IsFinal(refused.Error)
                && await FindOutcomeAsync(pending, cancellation) is { } earlier)
            {
                End(pending, earlier);
                found = true;
            }
        }

        return found;
    }

    private BookPlan MakePlan(StoredHead head)
    {
        var plan = new BookPlan(partition, head, Convert.ToHexStringLower(Guid.NewGuid().ToByteArray().AsSpan(0, 8)), businessClock.GetUtcNow());
        foreach (var pending in todo.ToArray())
        {
            try
            {
                if (plan.Outcomes.Count == most || !plan.TryAdd(pending))
                {
                    break;
                }
            }
            catch (Exception fault) when (fault is not ClockBehindException)
            {
                if (pending.Command.HoldId is not null && pending.Misreadings++ < MostMisreadings)
                {
                    // Another process has placed or ended the hold since the head was read: both are read again.
                    pending.Hold = null;
                    Forget();
                    return new BookPlan(partition, head, plan.Batch, businessClock.GetUtcNow());
                }

                // A faulty command (a renderer that throws) is its own caller's matter.
                End(pending, null, fault);
            }
        }

        return plan;
    }

    /// <summary>The plan is in: the old ETag is dead, and with it every earlier attempt that has not landed.</summary>
    private void Land(BookPlan plan, ETag? etag)
    {
        stored = etag is { } known ? new StoredHead(plan.Head, known, plan.Batch) : null;
        attempts.Clear();
        (faults, most, lastFault) = (0, BookPlan.MaxRows, null);
        foreach (var (pending, outcome) in plan.Outcomes)
        {
            End(pending, outcome);
        }

        // Whoever waits for one of these holds reads it anew.
        foreach (var pending in todo)
        {
            if (pending.Hold is not null && plan.Outcomes.Any(one => one.Pending.Command.HoldId == pending.Command.HoldId))
            {
                pending.Hold = null;
            }
        }
    }

    private async Task LearnAsync(BookPlan plan, RequestFailedException fault, CancellationToken cancellation)
    {
        lastFault = fault;
        var index = (fault as Azure.Data.Tables.TableTransactionFailedException)?.FailedTransactionActionIndex;
        try
        {
            switch (fault.Status)
            {
                case 409 or 412 or 404 when index is > 0:
                    await TakeOutAsync(plan, index.Value, cancellation);
                    break;
                case 412 or 404 when index == 0:
                    // Another process was first. Its head may already hold our rows, if a front end repeated the request.
                    attempts.Add(plan);
                    Forget();
                    await PauseAsync();
                    break;
                case 400 or 413 when index is > 0:
                    End(plan.At(index.Value).Owner!, null, fault);
                    break;
                case 400 or 413 when plan.Outcomes.Count == 1:
                    End(plan.Outcomes[0].Pending, null, fault);
                    break;
                case 400 or 413:
                    most = Math.Max(1, plan.Outcomes.Count / 2);
                    break;
                case 401 or 403:
                    throw new LedgerUnavailableException("Storage does not let the ledger in.", fault);
                default:
                    // 409, 412 and 404 without an index, time-outs, throttling and every 5xx: it may have landed.
                    Doubt(plan);
                    most = fault.Status < 500 ? Math.Max(1, plan.Outcomes.Count / 2) : most;
                    await PauseAsync();
                    break;
            }
        }
        catch (Exception second) when (IsTransient(second))
        {
            Doubt(plan);
            await PauseAsync();
        }
    }

    /// <summary>One row stood in the way. Its command is settled by what is stored; the others go out again.</summary>
    private async Task TakeOutAsync(BookPlan plan, int index, CancellationToken cancellation)
    {
        var (pending, role) = plan.At(index);
        if (role is RowRole.Entry || pending is null)
        {
            // The entry's number is taken: the head in memory is older than the book.
            Forget();
            await PauseAsync();
            return;
        }

        if (await FindOutcomeAsync(pending, cancellation) is { } outcome)
        {
            End(pending, outcome);
        }
        else if (role == RowRole.Companion)
        {
            End(pending, new Outcome.Conflict());
        }
        else
        {
            pending.Hold = null;
            Forget();
            await PauseAsync();
        }
    }

    /// <summary>The head in memory is not the book's. Nor are the holds: what was read beside an older head must not be decided over a newer one.</summary>
    private void Forget()
    {
        stored = null;
        todo.ForEach(pending => pending.Hold = null);
    }

    private void Doubt(BookPlan? plan)
    {
        Forget();

        // Of those that everybody has given up, nobody asks any more: an outage must not pile them up.
        attempts.RemoveAll(attempt => attempt.Outcomes.All(outcome => outcome.Pending.IsDone));
        if (plan is not null)
        {
            plan.Doubtful = true;
            attempts.Add(plan);
        }
    }

    /// <summary>Reads the head, and settles the attempts of which nothing is known.</summary>
    /// <remarks>
    /// What is found is final. What is not found is decided again, on the ETag just read: only if that commit lands has the old
    /// ETag died, and until then nobody is told anything. An earlier attempt that lands late makes it fail, and is found here next time.
    /// </remarks>
    private async Task ReloadAsync(CancellationToken cancellation)
    {
        var read = await store.LoadHeadAsync(partition, cancellation);
        if (attempts.Find(attempt => attempt.Batch == read.Batch) is { } landed)
        {
            Land(landed, null);
        }
        else if (attempts.Exists(attempt => attempt.Doubtful))
        {
            var unsure = attempts.Where(attempt => attempt.Doubtful).SelectMany(attempt => attempt.Outcomes).Select(o => o.Pending).Where(p => !p.IsDone).ToHashSet();
            foreach (var pending in unsure)
            {
                if (await FindOutcomeAsync(pending, cancellation) is { } outcome)
                {
                    End(pending, outcome);
                }
            }
        }

        stored = read;
    }

    /// <summary>What is stored of a command, under its operation and under its key. Null when nothing is.</summary>
    /// <remarks>The operation is read first: a late write may land between the reads, and then the key, which it also writes, is there.</remarks>
    private async Task<Outcome?> FindOutcomeAsync(BookPending pending, CancellationToken cancellation)
    {
        var command = pending.Command;
        var operation = await store.FindOperationAsync(partition, command.OperationId, cancellation);
        if (command.Key is { } key && await store.FindKeyAsync(partition, key.RowKey, cancellation) is { } kept)
        {
            if (kept.Fingerprint != key.Fingerprint)
            {
                return new Outcome.KeyReused();
            }

            operation ??= kept.Operation == command.OperationId ? await store.FindOperationAsync(partition, command.OperationId, cancellation) : null;
            return kept.Operation == command.OperationId && operation is { Tombstone: null }
                ? new Outcome.Committed(kept.Answer(), await EntryOfAsync(operation, cancellation))
                : new Outcome.Replayed(kept.Answer(), kept.Operation);
        }

        return operation switch
        {
            null => null,
            { Tombstone: true } => new Outcome.Swept(),
            { Refusal: { } code } => new Outcome.Refused(null, pending.RefusalOf(code)),
            _ => new Outcome.Replayed(null, command.OperationId),
        };
    }

    private async Task<Entry?> EntryOfAsync(OperationRow row, CancellationToken cancellation) =>
        row.Entry is { } number ? (await store.FindEntryAsync(partition, number, cancellation))?.ToDomain() : null;

    private async Task LoadHoldsAsync(CancellationToken cancellation)
    {
        foreach (var pending in todo)
        {
            if (pending.Command.HoldId is { } id)
            {
                pending.Hold ??= await store.FindHoldAsync(partition, id, cancellation);
            }
        }
    }

    private void GiveUpOverdue()
    {
        var now = machineClock.GetTimestamp();
        foreach (var pending in todo.Where(pending => pending.Deadline < now).ToArray())
        {
            End(pending, null, new LedgerUnavailableException($"Storage did not let operation {pending.Command.OperationId} be decided in time.", lastFault));
        }
    }

    /// <summary>Full jitter: processes that race for one book must not meet again and again.</summary>
    private Task PauseAsync()
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, options.FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(faults, 16)));
        faults++;
        return Task.Delay(TimeSpan.FromMilliseconds(longest * Random.Shared.NextDouble()), machineClock);
    }

    /// <summary>Faults of the way to storage, as opposed to bugs.</summary>
    private static bool IsTransient(Exception fault) =>
        fault is RequestFailedException { Status: not (401 or 403) } or OperationCanceledException or HttpRequestException or IOException or AggregateException or TimeoutException;
}
