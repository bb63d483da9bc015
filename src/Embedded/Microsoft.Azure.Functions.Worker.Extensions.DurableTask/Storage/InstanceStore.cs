using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Replay;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Microsoft.Azure.Functions.Worker.Extensions.DurableTask.Storage;

/// <summary>
/// The table of instances. An instance is one partition: <c>head|tag</c>, its history (<c>h|tag|generation|turn|part</c>) and its
/// inbox (<c>i|time|nonce|part</c>), so that a turn is one transaction on the head's ETag. The tag is made of the id: the emulator
/// finds a row by its row key first, and would read through those of all instances if they shared one.
/// </summary>
internal sealed class InstanceStore(TableClient table)
{
    private const string HeadPrefix = "head|";
    private const string AfterHeads = "head}";
    private const int TagBytes = 4;

    /// <summary>Longer inputs and outputs are read from the history; UTF-16 units, the limit of a property being 32 Ki.</summary>
    private const int InlineLimit = 30_000;

    /// <summary>Characters of a failure's message or stack, and how many causes of it are told.</summary>
    private const int LongestText = 8_000;

    private const int MostCauses = 15;

    private const int TransactionLimit = 100;
    private const int PageLimit = 1000;

    /// <summary>Rows of payload, of up to 0.96 MB each on the wire, that fit into a transaction's 4 MiB beside a head.</summary>
    private const int PayloadRows = 3;

    private readonly PartitionReader _reader = new(table);

    public TableClient Table => table;

    public static string NewMessageKey(long realTicks) => $"i|{realTicks:D19}|{Guid.NewGuid():N}";

    public async Task<InstanceState?> ReadHeadAsync(string id, CancellationToken cancellation)
    {
        var head = await table.GetEntityIfExistsAsync<TableEntity>(id, HeadOf(id), cancellationToken: cancellation);
        return head.HasValue ? Parse(head.Value!) : null;
    }

    public async Task<InstanceState?> LoadAsync(string id, CancellationToken cancellation)
    {
        TableEntity? head = null;
        List<TableEntity> rows = [];
        foreach (var row in await _reader.ReadAsync(id, cancellation))
        {
            if (row.RowKey.StartsWith(HeadPrefix, StringComparison.Ordinal)) head = row;
            else rows.Add(row);
        }
        if (head is null) return null;
        var state = Parse(head);
        var current = $"{HistoryOf(id)}{state.Generation:D6}|";
        var isHistory = rows.ToLookup(row => row.RowKey.StartsWith("h|", StringComparison.Ordinal));
        // What was written ahead of a turn counts only with the turn's first row, which is written with the head.
        var turns = isHistory[true].GroupBy(Payload.KeyOf, StringComparer.Ordinal).ToLookup(
            turn => turn.Key.StartsWith(current, StringComparison.Ordinal) && turn.First().RowKey.EndsWith("|00", StringComparison.Ordinal));
        state = state.WithHistory([.. turns[true].SelectMany(turn => Payload.Read([.. turn]))]) with
        {
            HistoryRows = [.. turns[true].SelectMany(turn => turn).Select(row => row.RowKey)],
            Garbage = [.. turns[false].SelectMany(turn => turn).Select(row => row.RowKey)],
            Inbox = [.. isHistory[false].GroupBy(Payload.KeyOf, StringComparer.Ordinal)
                .SelectMany(message => Payload.Read([.. message]).Select(e => new InboxMessage(message.Key, [.. message.Select(row => row.RowKey)], e)))],
        };
        if (!state.IsCut) return state;
        var events = state.History.Concat(state.Inbox.Select(message => message.Event)).ToList();
        return state with
        {
            Input = events.Find(e => e.Kind == EventKind.ExecutionStarted)?.Data,
            Output = events.Find(e => e.Kind == EventKind.ExecutionEnded)?.Data,
        };
    }

    /// <summary>Stores a pending instance, with its start in the inbox.</summary>
    /// <returns>Null when another instance, or another write to the one that it replaces, came first.</returns>
    public async Task<InstanceState?> CreateAsync(InstanceState pending, CancellationToken cancellation)
    {
        var start = pending.Inbox[0];
        var rows = Payload.Rows(pending.Id, start.Key, [start.Event]).ToList();
        try
        {
            var answer = await table.SubmitTransactionAsync(
                rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)).Prepend(Write(pending)), cancellation);
            return pending with { ETag = answer.Value[0].Headers.ETag!.Value, Inbox = [start with { RowKeys = [.. rows.Select(row => row.RowKey)] }] };
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412 or 404)
        {
            // A write whose answer was lost may have landed.
            return await LoadAsync(pending.Id, cancellation) is { } found && found.Write == pending.Write ? found : null;
        }
    }

    public async Task SendAsync(string id, string messageKey, HistoryEvent message, CancellationToken cancellation)
    {
        try
        {
            await table.SubmitTransactionAsync(
                Payload.Rows(id, messageKey, [message]).Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)), cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // A repeat of our own: the key is unique.
        }
    }

    /// <summary>One turn, all or nothing. <paramref name="after"/> must differ from the stored head in <see cref="InstanceState.Write"/>.</summary>
    /// <param name="events">Appended to the history; may be empty.</param>
    public async Task<InstanceState> CommitAsync(
        InstanceState after, IReadOnlyList<HistoryEvent> events, IReadOnlyList<InboxMessage> consumed, CancellationToken cancellation)
    {
        List<TableTransactionAction> actions = [Write(after)];
        var key = $"{HistoryOf(after.Id)}{after.Generation:D6}|{after.Turns:D6}";
        var rows = events.Count == 0 ? [] : Payload.Rows(after.Id, key, events).ToList();
        if (rows.Count > PayloadRows)
        {
            // The key is this write's own: what an abandoned one has left is never mistaken for it.
            rows = [.. Payload.Rows(after.Id, $"{key}|{after.Write}", events)];
            foreach (var some in rows.Skip(1).Chunk(PayloadRows))
                await table.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), cancellation);
        }
        actions.AddRange(rows.Take(rows.Count > PayloadRows ? 1 : rows.Count).Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)));
        actions.AddRange(consumed.SelectMany(message => message.RowKeys).Select(key => Delete(after.Id, key)));
        var swept = after.Garbage.Take(TransactionLimit - actions.Count).ToList();
        actions.AddRange(swept.Select(key => Delete(after.Id, key)));
        var answer = await table.SubmitTransactionAsync(actions, cancellation);
        return after with
        {
            ETag = answer.Value[0].Headers.ETag!.Value,
            HistoryRows = [.. after.HistoryRows, .. rows.Select(row => row.RowKey)],
            Garbage = [.. after.Garbage.Skip(swept.Count)],
            Inbox = [.. after.Inbox.Where(message => !consumed.Contains(message))],
        };
    }

    /// <summary>Touches the head alone, so that whoever remembers its old ETag can commit no more.</summary>
    public Task<InstanceState> FenceAsync(InstanceState state, CancellationToken cancellation)
        => CommitAsync(state with { Write = Guid.NewGuid().ToString("N") }, [], [], cancellation);

    /// <summary>Drops messages that came too late.</summary>
    public async Task DropAsync(string id, IReadOnlyList<InboxMessage> messages, CancellationToken cancellation)
    {
        foreach (var key in messages.SelectMany(message => message.RowKeys)) await table.DeleteEntityAsync(id, key, ETag.All, cancellation);
    }

    /// <summary>Heads, in the order of ids.</summary>
    public async Task<(IReadOnlyList<InstanceState> Heads, string? Next)> QueryAsync(
        OrchestrationQuery query, string? continuation, int pageSize, CancellationToken cancellation)
    {
        pageSize = Math.Min(pageSize, PageLimit);
        var filter = TableClient.CreateQueryFilter($"RowKey ge {HeadPrefix} and RowKey lt {AfterHeads}");
        if (query.InstanceIdPrefix is { Length: > 0 } prefix)
            filter += TableClient.CreateQueryFilter($" and PartitionKey ge {prefix} and PartitionKey lt {prefix + '\uffff'}");
        if (query.CreatedFrom is { } from) filter += TableClient.CreateQueryFilter($" and Created ge {from}");
        if (query.CreatedTo is { } to) filter += TableClient.CreateQueryFilter($" and Created le {to}");
        if (query.Statuses?.ToList() is { Count: > 0 } statuses)
            filter += $" and ({string.Join(" or ", statuses.Select(status => $"Status eq '{status}'"))})";
        await foreach (var page in table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellation).AsPages(continuation, pageSize))
            return ([.. page.Values.Select(Parse)], page.ContinuationToken);
        return ([], null);
    }

    /// <summary>Deletes an ended instance; the head last, so that an interrupted purge can be repeated.</summary>
    public async Task<bool> PurgeAsync(InstanceState state, CancellationToken cancellation)
    {
        var id = state.Id;
        var rows = state.HistoryRows.Concat(state.Garbage).Concat(state.Inbox.SelectMany(message => message.RowKeys)).Select(key => Delete(id, key));
        try
        {
            TableTransactionAction head = new(TableTransactionActionType.Delete, new TableEntity(id, HeadOf(id)), state.ETag);
            foreach (var some in rows.Append(head).Chunk(TransactionLimit)) await table.SubmitTransactionAsync(some, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return false; // It has been started anew, or purged by another.
        }
    }

    private static string HeadOf(string id) => HeadPrefix + TagOf(id);

    private static string HistoryOf(string id) => $"h|{TagOf(id)}|";

    private static string TagOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(id.AsSpan()), hash);
        return Convert.ToHexStringLower(hash[..TagBytes]);
    }

    private static TableTransactionAction Write(InstanceState state) => state.ETag == default
        ? new(TableTransactionActionType.Add, Format(state))
        : new(TableTransactionActionType.UpdateReplace, Format(state), state.ETag);

    private static TableTransactionAction Delete(string id, string rowKey) => new(TableTransactionActionType.Delete, new TableEntity(id, rowKey), ETag.All);

    private static TableEntity Format(InstanceState state)
    {
        var head = new TableEntity(state.Id, HeadOf(state.Id))
        {
            ["Name"] = state.Name, ["Status"] = state.Status.ToString(), ["Created"] = state.Created, ["Updated"] = state.Updated,
            ["Generation"] = state.Generation, ["Turns"] = state.Turns, ["Write"] = state.Write,
        };
        if (state.Input?.Length <= InlineLimit) head["Input"] = state.Input;
        if (state.Output?.Length <= InlineLimit) head["Output"] = state.Output;
        if (state.Input?.Length > InlineLimit || state.Output?.Length > InlineLimit) head["IsCut"] = true;
        if (state.CustomStatus is { } status) head["CustomStatus"] = status;
        if (state.Failure is { } failure) head["Failure"] = Fitting(failure);
        if (state.Tags is { } tags) head["Tags"] = Payload.ToJson(tags);
        if (state.NextDue is { } due) head["NextDue"] = due;
        return head;
    }

    private static InstanceState Parse(TableEntity head) => new(head.PartitionKey, head.GetString("Name")!)
    {
        Status = Enum.Parse<OrchestrationRuntimeStatus>(head.GetString("Status")!),
        Created = head.GetDateTimeOffset("Created")!.Value,
        Updated = head.GetDateTimeOffset("Updated")!.Value,
        Generation = head.GetInt32("Generation")!.Value,
        Turns = head.GetInt32("Turns")!.Value,
        Write = head.GetString("Write")!,
        Input = head.GetString("Input"),
        Output = head.GetString("Output"),
        CustomStatus = head.GetString("CustomStatus"),
        Failure = Payload.FromJson<TaskFailureDetails>(head.GetString("Failure")),
        Tags = Payload.FromJson<Dictionary<string, string>>(head.GetString("Tags")),
        NextDue = head.GetDateTimeOffset("NextDue")?.UtcDateTime,
        IsCut = head.GetBoolean("IsCut") ?? false,
        ETag = head.ETag,
    };

    /// <summary>A failure must fit a property: its texts are cut, all alike, until it does.</summary>
    private static string Fitting(TaskFailureDetails failure)
    {
        for (var length = LongestText; ; length /= 2)
            if (Payload.ToJson(Shortened(failure, length, MostCauses)) is var json && (json.Length <= InlineLimit || length == 0)) return json;
    }

    private static TaskFailureDetails Shortened(TaskFailureDetails failure, int length, int causes) => failure with
    {
        ErrorMessage = Cut(failure.ErrorMessage, length)!,
        StackTrace = Cut(failure.StackTrace, length),
        InnerFailure = causes == 0 || failure.InnerFailure is null ? null : Shortened(failure.InnerFailure, length, causes - 1),
    };

    private static string? Cut(string? text, int length) => text?.Length > length ? text[..length] : text;
}
