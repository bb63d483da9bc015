using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Microsoft.DurableTask;

/// <summary>Items that arrive in pages.</summary>
public abstract class AsyncPageable<T> : IAsyncEnumerable<T>
    where T : notnull
{
    public abstract IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = default, int? pageSizeHint = default);

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPages().WithCancellation(cancellationToken))
        {
            foreach (var value in page.Values) yield return value;
        }
    }
}

/// <summary>One page; without a <see cref="ContinuationToken"/> the last.</summary>
public sealed class Page<T>(IReadOnlyList<T> values, string? continuationToken = null)
    where T : notnull
{
    public IReadOnlyList<T> Values { get; } = values ?? throw new ArgumentNullException(nameof(values));

    public string? ContinuationToken { get; } = continuationToken;
}

/// <summary>Makes an <see cref="AsyncPageable{T}"/> of a function that fetches a page.</summary>
public static class Pageable
{
    public static AsyncPageable<T> Create<T>(Func<string?, CancellationToken, Task<Page<T>>> pageFunc)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(pageFunc);
        return Create<T>((continuation, _, cancellation) => pageFunc(continuation, cancellation));
    }

    public static AsyncPageable<T> Create<T>(Func<string?, int?, CancellationToken, Task<Page<T>>> pageFunc)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(pageFunc);
        return new Fetched<T>(pageFunc);
    }

    private sealed class Fetched<T>(Func<string?, int?, CancellationToken, Task<Page<T>>> fetch) : AsyncPageable<T>
        where T : notnull
    {
        public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = default, int? pageSizeHint = default)
            => Pages(continuationToken, pageSizeHint);

        private async IAsyncEnumerable<Page<T>> Pages(string? continuation, int? size, [EnumeratorCancellation] CancellationToken cancellation = default)
        {
            do
            {
                var page = await fetch(continuation, size, cancellation);
                yield return page;
                continuation = page.ContinuationToken;
            }
            while (continuation is not null);
        }
    }
}

/// <summary>Turns payloads into text and back. In Functions it is always the worker's serializer.</summary>
public abstract class DataConverter
{
    [return: NotNullIfNotNull(nameof(value))]
    public abstract string? Serialize(object? value);

    [return: NotNullIfNotNull(nameof(data))]
    public abstract object? Deserialize(string? data, Type targetType);

    [return: NotNullIfNotNull(nameof(data))]
    public virtual T? Deserialize<T>(string? data) => (T?)(Deserialize(data, typeof(T)) ?? default(T));
}
