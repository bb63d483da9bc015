namespace WalletFunctions.Platform;

/// <summary>Makes the tables, queues and containers that the features named, before the app serves anything.</summary>
internal sealed class StorageSetup(Storage storage, IEnumerable<StorageNames> names) : StartupWork
{
    public override async Task StartingAsync(CancellationToken cancellationToken)
    {
        var work = names.SelectMany(feature => feature.Tables.Select(name => storage.Table(name).CreateIfNotExistsAsync(cancellationToken) as Task)
            .Concat(feature.Queues.Select(name => storage.Queue(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken) as Task))
            .Concat(feature.Containers.Select(name => storage.Container(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken) as Task)));
        await Task.WhenAll(work);
    }
}
