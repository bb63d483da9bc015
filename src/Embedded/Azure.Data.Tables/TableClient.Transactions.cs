using Azure.Core;
using Azure.Data.Tables.Entities;

namespace Azure.Data.Tables;

/// <remarks>Source of the format: learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions.</remarks>
public partial class TableClient
{
    private readonly Uri _batches;

    /// <summary>All or nothing, up to 100 actions and 4 MiB on rows of one partition, each row at most once.</summary>
    /// <returns>One answer per action, in order, with the row's new ETag.</returns>
    /// <exception cref="TableTransactionFailedException">An action was refused, and so nothing was written.</exception>
    /// <exception cref="InvalidOperationException">There is no action.</exception>
    public virtual async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transactionActions);
        var batch = "batch_" + Guid.NewGuid();
        using var message = _pipeline.Request(RequestMethod.Post, _batches);
        message.Request.Headers.Add("Content-Type", $"multipart/mixed; boundary={batch}");
        message.Request.Content = RequestContent.Create(Batch(batch, transactionActions, out var count));
        var response = await _pipeline.SendAsync(message, Expected.Accepted, cancellationToken).ConfigureAwait(false);

        var answers = BatchAnswer.Parse(response, count);
        foreach (var answer in answers)
        {
            if (answer.Status >= 400) throw new TableTransactionFailedException(new RequestFailedException(answer, null, TableErrors.Parser));
        }

        return Response.FromValue<IReadOnlyList<Response>>(answers, response);
    }

    private byte[] Batch(string batch, IEnumerable<TableTransactionAction> actions, out int count)
    {
        var changes = "changeset_" + Guid.NewGuid();
        var endpoint = _pipeline.Endpoint.AbsoluteUri.TrimEnd('/');
        var body = EntityWriter.Start()
            .Text("--"u8).Text(batch).Text("\r\nContent-Type: multipart/mixed; boundary="u8).Text(changes).Text("\r\n\r\n"u8);
        count = 0;
        foreach (var action in actions)
        {
            count++;
            body.Text("--"u8).Text(changes)
                .Text("\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8)
                .Text(Verb(action.ActionType)).Text(" "u8).Text(endpoint)
                .Text(action.ActionType == TableTransactionActionType.Add ? _path : RowPath(action.Entity.PartitionKey, action.Entity.RowKey))
                .Text(" HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n"u8);
            if (Condition(action) is { } ifMatch) body.Text("If-Match: "u8).Text(ifMatch).Text("\r\n"u8);
            if (action.ActionType == TableTransactionActionType.Add) body.Text("Prefer: return-no-content\r\n"u8);
            if (action.ActionType == TableTransactionActionType.Delete) body.Text("\r\n"u8);
            else body.Text("Content-Type: application/json;odata=nometadata\r\n\r\n"u8).Entity(action.Entity);
            body.Text("\r\n"u8);
        }

        if (count == 0) throw new InvalidOperationException("A transaction has at least one action.");
        return body.Text("--"u8).Text(changes).Text("--\r\n--"u8).Text(batch).Text("--\r\n"u8).Body();
    }

    private static string Verb(TableTransactionActionType type) => type switch
    {
        TableTransactionActionType.Add => "POST",
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge => "PATCH",
        TableTransactionActionType.UpdateReplace or TableTransactionActionType.UpsertReplace => "PUT",
        TableTransactionActionType.Delete => "DELETE",
        _ => throw new InvalidOperationException($"There is no transaction action {type}."),
    };

    /// <summary>An update without an ETag sends no condition, which the service takes for an upsert: the official client does the same.</summary>
    private static string Condition(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Delete => IfMatch(action.ETag),
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace when action.ETag != default => action.ETag.ToString(),
        _ => null,
    };
}
