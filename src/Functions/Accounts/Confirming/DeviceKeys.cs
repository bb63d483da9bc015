using System.Text;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts.Confirming;

/// <summary>The device keys of accounts. A key's id belongs to account and key, so binding it again is the same binding.</summary>
public sealed class DeviceKeys(Storage storage, TimeProvider clock)
{
    /// <summary>Nobody has so many devices; a list must not grow without end.</summary>
    internal const int Most = 10;

    private readonly TableClient table = storage.Table(AccountKeys.TableName);

    internal async Task<DeviceKey?> FindAsync(AccountId account, DeviceKeyId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<DeviceKeyRow>(AccountKeys.Partition(account), AccountKeys.DeviceKey(id), cancellationToken: cancellationToken);
        return found.HasValue ? found.Value!.ToDomain() : null;
    }

    /// <summary>All keys, newest first.</summary>
    internal async Task<IReadOnlyList<DeviceKey>> ListAsync(AccountId account, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {AccountKeys.Partition(account)} and RowKey ge {"d|"} and RowKey lt {"d}"}");
        var keys = new List<DeviceKey>();
        await foreach (var row in table.QueryAsync<DeviceKeyRow>(filter, cancellationToken: cancellationToken))
        {
            keys.Add(row.ToDomain());
        }

        return [.. keys.OrderByDescending(key => key.CreatedAt).ThenBy(key => key.Id.Value, StringComparer.Ordinal)];
    }

    /// <summary>Binds a key; one that is bound already answers the binding there is.</summary>
    internal async Task<Result<DeviceKey>> AddAsync(AccountId account, DevicePublicKey publicKey, string? name, CancellationToken cancellationToken)
    {
        var id = Id.From<DeviceKeyId>(DateTimeOffset.UnixEpoch, [.. Encoding.UTF8.GetBytes(account.Value), .. publicKey.Spki]);
        if (await FindAsync(account, id, cancellationToken) is { } bound)
        {
            return bound;
        }

        if ((await ListAsync(account, cancellationToken)).Count >= Most)
        {
            return ConfirmationErrors.DeviceKeyLimit;
        }

        var row = new DeviceKeyRow
        {
            PartitionKey = AccountKeys.Partition(account),
            RowKey = AccountKeys.DeviceKey(id),
            DeviceKeyId = id.Value,
            PublicKey = publicKey.Spki,
            Name = name,
            CreatedAt = clock.GetUtcNow(),
        };
        try
        {
            await table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Bound at the same moment by another request: the same key.
        }

        return row.ToDomain();
    }

    /// <returns>False if the account has no such key.</returns>
    internal async Task<bool> RemoveAsync(AccountId account, DeviceKeyId id, CancellationToken cancellationToken)
    {
        var answer = await table.DeleteEntityAsync(AccountKeys.Partition(account), AccountKeys.DeviceKey(id), ETag.All, cancellationToken);
        return answer.Status != 404;
    }
}
