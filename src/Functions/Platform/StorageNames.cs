using Microsoft.Extensions.DependencyInjection;

namespace WalletFunctions.Platform;

/// <summary>Tables, queues and containers that a feature needs; made once at start-up.</summary>
internal sealed record StorageNames(IReadOnlyList<string> Tables, IReadOnlyList<string> Queues, IReadOnlyList<string> Containers);

internal static class StorageNamesExtensions
{
    public static IServiceCollection AddStorageNames(this IServiceCollection services, string[]? tables = null, string[]? queues = null, string[]? containers = null) =>
        services.AddSingleton(new StorageNames(tables ?? [], queues ?? [], containers ?? []));
}
