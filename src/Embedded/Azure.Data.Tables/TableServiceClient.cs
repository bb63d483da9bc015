using System.Linq.Expressions;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Models;
using Azure.Data.Tables.Queries;

namespace Azure.Data.Tables;

/// <summary>The tables of one storage account.</summary>
public class TableServiceClient
{
    private readonly TablePipeline _pipeline;

    public TableServiceClient(string connectionString)
        : this(connectionString, null)
    {
    }

    public TableServiceClient(string connectionString, TableClientOptions options = null) => _pipeline = TablePipeline.From(connectionString, options);

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential)
        : this(endpoint, credential, null)
    {
    }

    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions options) => _pipeline = TablePipeline.From(endpoint, credential, options);

    /// <param name="endpoint">Must be https.</param>
    /// <param name="tokenCredential">Asked for the scope <c>https://storage.azure.com/.default</c>.</param>
    /// <param name="options">Retries, transport, policies.</param>
    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions options = null) => _pipeline = TablePipeline.From(endpoint, tokenCredential, options);

    protected TableServiceClient()
    {
    }

    public virtual string AccountName => _pipeline.Account;

    public virtual Uri Uri => _pipeline.Endpoint;

    public static string CreateQueryFilter(FormattableString filter) => FilterText.Format(filter);

    public static string CreateQueryFilter(Expression<Func<TableItem, bool>> filter) => FilterTranslator.Translate(filter);

    public virtual TableClient GetTableClient(string tableName) => new(_pipeline, tableName);

    public virtual Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateAsync(cancellationToken);

    public virtual Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateIfNotExistsAsync(cancellationToken);

    /// <summary>Does not throw for a table that is not there: the status says so (404).</summary>
    public virtual Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).DeleteAsync(cancellationToken);

    public virtual AsyncPageable<TableItem> QueryAsync(Expression<Func<TableItem, bool>> filter, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        QueryAsync(FilterTranslator.Translate(filter), maxPerPage, cancellationToken);

    public virtual AsyncPageable<TableItem> QueryAsync(string filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        new TablePageable<TableItem>(async (token, size, cancel) =>
        {
            using var message = _pipeline.Request(RequestMethod.Get, _pipeline.Address("/Tables"));
            var uri = message.Request.Uri;
            if (filter is not null) uri.AppendQuery("$filter", filter);
            if (size is { } top) uri.AppendQuery("$top", top.ToString());
            if (token is not null) uri.AppendQuery("NextTableName", token);
            var response = await _pipeline.SendAsync(message, Expected.Ok, cancel).ConfigureAwait(false);
            using var json = JsonDocument.Parse(response.Content);
            var tables = json.RootElement.GetProperty("value").EnumerateArray().Select(t => new TableItem(t.GetProperty("TableName").GetString())).ToList();
            return Page<TableItem>.FromValues(tables, response.Headers.TryGetValue("x-ms-continuation-NextTableName", out var next) ? next : null, response);
        }, maxPerPage, cancellationToken);
}
