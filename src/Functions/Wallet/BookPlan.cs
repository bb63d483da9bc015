using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Wallet.Attempts;

namespace WalletFunctions.Wallet;

/// <summary>What a row of a planned transaction is, so that a fault at its index is understood.</summary>
internal enum RowRole
{
    Head,
    Key,
    Operation,
    Entry,
    Hold,
    Companion,
    Attempt,
}

/// <summary>One attempt at one transaction: the commands that go out together, decided one after the other over one head.</summary>
internal sealed class BookPlan
{
    /// <summary>An entity group transaction holds at most 100 rows.</summary>
    public const int MaxRows = 100;

    // The service's limit is 4 MiB; rows are estimated, so a quarter is left. Annotations and headers of a row are some 600 bytes.
    private const int MaxBytes = 3 * 1024 * 1024;
    private const int RowOverhead = 1024;
    private const int CompanionEstimate = 8 * 1024;

    private readonly string partition;
    private readonly ETag etag;
    private readonly DateTimeOffset now;
    private readonly List<TableTransactionAction> actions = new(8) { null! };
    private readonly List<(BookPending? Owner, RowRole Role)> roles = new(8) { (null, RowRole.Head) };
    private readonly List<(BookPending Pending, Outcome Outcome)> outcomes = [];
    private readonly HashSet<string> rowKeys = new(StringComparer.Ordinal);
    private int bytes = RowOverhead;

    public BookPlan(string partition, StoredHead stored, string batch, DateTimeOffset now)
    {
        (this.partition, etag, Head, Batch, this.now) = (partition, stored.ETag, stored.Head, batch, now);
    }

    /// <summary>Marks the head row, so that a later read tells whether this attempt landed.</summary>
    public string Batch { get; }

    /// <summary>The head after all commands of this plan.</summary>
    public BookHead Head { get; private set; }

    /// <summary>Whether its fate is unknown: it may have landed, or still land.</summary>
    public bool Doubtful { get; set; }

    /// <summary>Each command with what becomes of it when this plan lands.</summary>
    public IReadOnlyList<(BookPending Pending, Outcome Outcome)> Outcomes => outcomes;

    /// <summary>The rows, the head first.</summary>
    public IReadOnlyList<TableTransactionAction> Actions
    {
        get
        {
            actions[0] = new(TableTransactionActionType.UpdateReplace, HeadRow.From(partition, Head, Batch), etag);
            return actions;
        }
    }

    /// <summary>Whose row stands at an index, and what it is.</summary>
    public (BookPending? Owner, RowRole Role) At(int index) => index < roles.Count ? roles[index] : (null, RowRole.Head);

    /// <summary>Decides a command and adds its rows. False when it does not fit beside the others; then it waits for the next transaction.</summary>
    /// <exception cref="Exception">The command itself is faulty; the plan is as it was.</exception>
    public bool TryAdd(BookPending pending)
    {
        var command = pending.Command;
        if (command.HoldId is { } hold && rowKeys.Contains(BookKeys.Hold(hold)))
        {
            // Another command of this plan ends that hold: this one is decided when it knows how.
            return false;
        }

        var move = command.Move(pending.Hold?.ToDomain());
        var decided = Book.Decide(Head, move, command.OperationId, now);
        var rows = decided.IsOk ? Rows(pending, decided.Value) : Rows(pending, move, decided.Error);
        var size = rows.Sum(row => RowOverhead + (row.Role is RowRole.Companion or RowRole.Attempt ? CompanionEstimate : 0)) + (2 * (rows.Answer?.Body.Length ?? 0));
        if (outcomes.Count > 0 && (actions.Count + rows.Count > MaxRows || bytes + size > MaxBytes || rows.Any(row => rowKeys.Contains(row.Action.Entity.RowKey))))
        {
            return false;
        }

        foreach (var row in rows)
        {
            actions.Add(row.Action);
            roles.Add((pending, row.Role));
            rowKeys.Add(row.Action.Entity.RowKey);
        }

        bytes += size;
        if (decided.IsOk)
        {
            Head = decided.Value.Head;
            outcomes.Add((pending, new Outcome.Committed(rows.Answer, decided.Value.Entry)));
        }
        else
        {
            outcomes.Add((pending, new Outcome.Refused(rows.Answer, decided.Error)));
        }

        return true;
    }

    private CommandRows Rows(BookPending pending, Decision decision)
    {
        var command = pending.Command;
        var rows = new CommandRows(command.Key is null ? null : command.Answer!(decision));
        AddKey(rows, command);

        // What a person must look at first has nothing to credit yet.
        var outbox = decision.UnderReview ? null : command.Outbox;
        rows.Add(RowRole.Operation, new OperationRow
        {
            PartitionKey = partition,
            RowKey = BookKeys.Operation(command.OperationId),
            Entry = decision.Entry?.Number,
            Payee = outbox?.Payee.Value,
            PayerName = outbox?.PayerName,
            Memo = outbox?.Memo,
            UnderReview = decision.UnderReview ? true : null,
        });
        if (decision.Entry is { } entry)
        {
            rows.Add(RowRole.Entry, EntryRow.From(partition, entry, decision.Head.LastHash));
        }

        if (decision.Hold is { } hold)
        {
            var row = HoldRow.From(partition, hold);
            rows.Add(RowRole.Hold, pending.Hold is null
                ? new TableTransactionAction(TableTransactionActionType.Add, row)
                : new TableTransactionAction(TableTransactionActionType.UpdateReplace, row, pending.Hold.ETag));
        }

        foreach (var companion in command.Companions?.Invoke(decision) ?? [])
        {
            companion.Row.PartitionKey = partition;
            rows.Add(RowRole.Companion, new TableTransactionAction(companion.Type, companion.Row, companion.ETag));
        }

        return rows;
    }

    /// <summary>A refusal stands under the client's key if there is one, else under the operation; a customer's is an attempt besides.</summary>
    private CommandRows Rows(BookPending pending, BookMove move, DomainError error)
    {
        var command = pending.Command;
        var rows = new CommandRows(command.Key is null ? null : command.Refusal!(error));
        if (IsFinal(error))
        {
            AddKey(rows, command);
        }

        if (command.Key is null && command.Passing?.Invoke(error) != true)
        {
            rows.Add(RowRole.Operation, new OperationRow { PartitionKey = partition, RowKey = BookKeys.Operation(command.OperationId), Refusal = error.Code });
        }

        if (command.Attempt is { } note)
        {
            var attempt = AttemptRow.From(partition, command.OperationId, note, error, now, Book.Inputs(Head, move, now));
            rows.Add(RowRole.Attempt, new TableTransactionAction(TableTransactionActionType.UpsertReplace, attempt));
            rows.Add(RowRole.Attempt, new TableTransactionAction(TableTransactionActionType.UpsertReplace, AttemptPointerRow.To(attempt)));
        }

        return rows;
    }

    /// <summary>Whether a refusal is kept under the client's key. What the client can still do something about under the same key is not.</summary>
    public static bool IsFinal(DomainError error) => error.Kind is ErrorKind.Refused or ErrorKind.Conflict;

    private void AddKey(CommandRows rows, BookCommand command)
    {
        if (command.Key is { } key && rows.Answer is { } answer)
        {
            var row = new KeyRow { PartitionKey = partition, RowKey = key.RowKey, Fingerprint = key.Fingerprint, Operation = command.OperationId };
            row.Keep(answer);
            rows.Add(RowRole.Key, row);
        }
    }

    /// <summary>The rows of one command, beside the head.</summary>
    private sealed class CommandRows(StoredAnswer? answer) : List<(TableTransactionAction Action, RowRole Role)>(4)
    {
        public StoredAnswer? Answer => answer;

        public void Add(RowRole role, TableTransactionAction action) => Add((action, role));

        public void Add(RowRole role, ITableEntity row) => Add((new TableTransactionAction(TableTransactionActionType.Add, row), role));
    }
}
