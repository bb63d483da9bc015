using System.Linq.Expressions;
using Azure.Core;
using Azure.Data.Tables.Entities;
using Azure.Data.Tables.Queries;

namespace Azure.Data.Tables;

public partial class TableClient
{
    private readonly Uri _queries;

    /// <summary>Quotes and escapes the values: <c>CreateQueryFilter($"PartitionKey eq {key}")</c>.</summary>
    public static string CreateQueryFilter(FormattableString filter) => FilterText.Format(filter);

    /// <exception cref="NotSupportedException">The expression has no counterpart in the service's filter language.</exception>
    public static string CreateQueryFilter<T>(Expression<Func<T, bool>> filter) => FilterTranslator.Translate(filter);

    public virtual AsyncPageable<T> QueryAsync<T>(Expression<Func<T, bool>> filter, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        QueryAsync<T>(FilterTranslator.Translate(filter), maxPerPage, select, cancellationToken);

    /// <summary>Rows in the order of PartitionKey and RowKey; not a snapshot, pages are read when asked for.</summary>
    /// <param name="filter">In the service's language; null: all rows.</param>
    /// <param name="maxPerPage">1 to 1000; a page may be shorter, or empty, and not be the last.</param>
    /// <param name="select">The columns wanted; null: all.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public virtual AsyncPageable<T> QueryAsync<T>(string filter = null, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var columns = Columns(select);
        return new TablePageable<T>(async (token, size, cancel) =>
        {
            using var message = _pipeline.Request(RequestMethod.Get, _queries);
            var uri = message.Request.Uri;
            if (size is { } top) uri.AppendQuery("$top", top.ToString());
            if (columns is not null) uri.AppendQuery("$select", columns);
            if (!string.IsNullOrEmpty(filter)) uri.AppendQuery("$filter", filter);
            if (token is not null)
            {
                var (partition, row) = Split(token);
                if (partition is not null) uri.AppendQuery("NextPartitionKey", partition);
                if (row is not null) uri.AppendQuery("NextRowKey", row);
            }

            var response = await _pipeline.SendAsync(message, Expected.Ok, cancel).ConfigureAwait(false);
            return Page<T>.FromValues(EntityReader.Many<T>(response), Continuation(response), response);
        }, maxPerPage, cancellationToken);
    }

    /// <summary>The two next keys, which hold no space, as one string; null at the end.</summary>
    private static string Continuation(Response response) =>
        response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition)
            ? $"{partition} {(response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) ? row : null)}"
            : null;

    private static (string Partition, string Row) Split(string token)
    {
        if (token.Length <= 1) return default;
        var parts = token.Split(' ', 2);
        return (parts[0], parts is [_, { Length: > 0 } row] ? row : null);
    }
}
