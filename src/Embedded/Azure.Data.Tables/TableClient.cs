using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Entities;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables;

/// <summary>One table. Thread-safe; meant to live as long as the process.</summary>
public partial class TableClient
{
    private readonly TablePipeline _pipeline;
    private readonly string _path;
    private readonly Uri _inserts;

    public TableClient(string connectionString, string tableName)
        : this(connectionString, tableName, null)
    {
    }

    public TableClient(string connectionString, string tableName, TableClientOptions options = null)
        : this(TablePipeline.From(connectionString, options), tableName)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential)
        : this(endpoint, tableName, credential, null)
    {
    }

    public TableClient(Uri endpoint, string tableName, TableSharedKeyCredential credential, TableClientOptions options = null)
        : this(TablePipeline.From(endpoint, credential, options), tableName)
    {
    }

    /// <param name="endpoint">Must be https.</param>
    /// <param name="tableName">The table's name.</param>
    /// <param name="tokenCredential">Asked for the scope <c>https://storage.azure.com/.default</c>.</param>
    /// <param name="options">Retries, transport, policies.</param>
    public TableClient(Uri endpoint, string tableName, TokenCredential tokenCredential, TableClientOptions options = null)
        : this(TablePipeline.From(endpoint, tokenCredential, options), tableName)
    {
    }

    internal TableClient(TablePipeline pipeline, string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        _pipeline = pipeline;
        Name = tableName;
        _path = "/" + Uri.EscapeDataString(tableName);
        _inserts = pipeline.Address(_path);
        _queries = pipeline.Address(_path + "()");
        _batches = pipeline.Address("/$batch");
    }

    protected TableClient()
    {
    }

    public virtual string Name { get; }

    public virtual string AccountName => _pipeline.Account;

    public virtual Uri Uri => _inserts;

    public virtual async Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default)
    {
        using var message = Creation();
        return Response.FromValue(new TableItem(Name), await _pipeline.SendAsync(message, Expected.Created, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Answers also when the table was there before.</summary>
    public virtual async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = Creation();
        var response = await _pipeline.SendAsync(message, Expected.CreatedOrConflict, cancellationToken).ConfigureAwait(false);
        if (response.Status == 409 && new RequestFailedException(response) is { ErrorCode: nameof(TableErrorCode.TableBeingDeleted) } failure) throw failure;
        return Response.FromValue(new TableItem(Name), response);
    }

    /// <summary>Does not throw for a table that is not there: the status says so (404).</summary>
    public virtual async Task<Response> DeleteAsync(CancellationToken cancellationToken = default)
    {
        using var message = _pipeline.Request(RequestMethod.Delete, _pipeline.Address($"/Tables('{Uri.EscapeDataString(Name)}')"));
        return await _pipeline.SendAsync(message, Expected.NoContentOrAbsent, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="RequestFailedException">409 EntityAlreadyExists.</exception>
    public virtual async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        ArgumentNullException.ThrowIfNull(entity);
        CheckKeys(entity.PartitionKey, entity.RowKey);
        using var message = _pipeline.Request(RequestMethod.Post, _inserts, EntityWriter.Start().Entity(entity).Body());
        message.Request.Headers.Add("Prefer", "return-no-content");
        return await _pipeline.SendAsync(message, Expected.Created, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="RequestFailedException">404 ResourceNotFound.</exception>
    public virtual async Task<Response<T>> GetEntityAsync<T>(string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        using var message = Get(partitionKey, rowKey, select);
        var response = await _pipeline.SendAsync(message, Expected.Ok, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(EntityReader.One<T>(response), response);
    }

    /// <summary>As <see cref="GetEntityAsync"/>, without an exception for 404: a missing table looks like a missing row.</summary>
    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        using var message = Get(partitionKey, rowKey, select);
        var response = await _pipeline.SendAsync(message, Expected.OkOrAbsent, cancellationToken).ConfigureAwait(false);
        return response.Status == 404 ? new AbsentResponse<T>(response) : Response.FromValue(EntityReader.One<T>(response), response);
    }

    public virtual Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        ArgumentNullException.ThrowIfNull(entity);
        return WriteAsync(entity, null, mode, cancellationToken);
    }

    /// <param name="entity">Its own ETag is not looked at.</param>
    /// <param name="ifMatch">The version that must be there; <see cref="ETag.All"/>: any, but it must exist.</param>
    /// <param name="mode">What becomes of the columns that the entity does not have.</param>
    /// <param name="cancellationToken">Ends the wait, not necessarily the write.</param>
    /// <exception cref="ArgumentException"><paramref name="ifMatch"/> was left out.</exception>
    /// <exception cref="RequestFailedException">412 UpdateConditionNotSatisfied, 404 ResourceNotFound.</exception>
    public virtual Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        ArgumentNullException.ThrowIfNull(entity);
        if (ifMatch == default) throw new ArgumentException("An update names the version it replaces, or ETag.All.", nameof(ifMatch));
        return WriteAsync(entity, ifMatch.ToString(), mode, cancellationToken);
    }

    /// <summary>Without <paramref name="ifMatch"/>: whatever its version. Does not throw for a row that is not there: the status says so (404).</summary>
    public virtual async Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        using var message = _pipeline.Request(RequestMethod.Delete, RowAddress(partitionKey, rowKey));
        message.Request.Headers.Add("If-Match", IfMatch(ifMatch));
        return await _pipeline.SendAsync(message, Expected.NoContentOrAbsent, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The entity's own ETag is not looked at.</summary>
    public virtual Task<Response> DeleteEntityAsync(ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);
    }

    private async Task<Response> WriteAsync(ITableEntity entity, string ifMatch, TableUpdateMode mode, CancellationToken cancellationToken)
    {
        using var message = _pipeline.Request(Method(mode), RowAddress(entity.PartitionKey, entity.RowKey), EntityWriter.Start().Entity(entity).Body());
        if (ifMatch is not null) message.Request.Headers.Add("If-Match", ifMatch);
        return await _pipeline.SendAsync(message, Expected.NoContent, cancellationToken).ConfigureAwait(false);
    }

    private HttpMessage Creation()
    {
        var message = _pipeline.Request(RequestMethod.Post, _pipeline.Address("/Tables"), JsonSerializer.SerializeToUtf8Bytes(new { TableName = Name }));
        message.Request.Headers.Add("Prefer", "return-no-content");
        return message;
    }

    private HttpMessage Get(string partitionKey, string rowKey, IEnumerable<string> select)
    {
        var message = _pipeline.Request(RequestMethod.Get, RowAddress(partitionKey, rowKey));
        if (Columns(select) is { } columns) message.Request.Uri.AppendQuery("$select", columns);
        return message;
    }

    private static RequestMethod Method(TableUpdateMode mode) => mode switch
    {
        TableUpdateMode.Merge => RequestMethod.Patch,
        TableUpdateMode.Replace => RequestMethod.Put,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    private static string IfMatch(ETag etag) => etag == default ? "*" : etag.ToString();

    private static string Columns(IEnumerable<string> select) => select is null || string.Join(',', select) is not { Length: > 0 } columns ? null : columns;

    private Uri RowAddress(string partitionKey, string rowKey) => _pipeline.Address(RowPath(partitionKey, rowKey));

    private string RowPath(string partitionKey, string rowKey)
    {
        CheckKeys(partitionKey, rowKey);
        return $"{_path}(PartitionKey='{Quoted(partitionKey)}',RowKey='{Quoted(rowKey)}')";
    }

    private static string Quoted(string key) => Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal));

    private static void CheckKeys(string partitionKey, string rowKey)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
    }
}
