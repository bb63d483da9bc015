using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>Who is signed in where. Times are the machine's.</summary>
public sealed class Sessions(Storage storage, Secrets secrets, MachineClock clock)
{
    private readonly TableClient table = storage.Table(AccountKeys.TableName);
    private readonly EndedSessions ended = new(storage.Table(AccountKeys.TableName), clock);

    /// <summary>Opens a session and gives its first refresh token.</summary>
    internal async Task<RefreshToken> OpenAsync(AccountId account, Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var row = new SessionRow
        {
            PartitionKey = AccountKeys.Partition(account),
            SessionId = "ses_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            DeviceId = caller.DeviceId,
            Address = caller.Address?.ToString(),
            CreatedAt = now,
        };
        row.RowKey = AccountKeys.Session(row.SessionId);
        row.Take(new RefreshChain(Generation: 1, now, now + RefreshChain.Lifetime, IsRevoked: false));
        await table.AddEntityAsync(row, cancellationToken);
        return new RefreshToken(account, row.SessionId, row.Generation);
    }

    /// <summary>The successor of a refresh token; null if it is not good, in which case a stolen one has ended its session.</summary>
    internal async Task<RefreshToken?> RefreshAsync(string text, CancellationToken cancellationToken)
    {
        if (RefreshToken.Read(secrets, text) is not { } token)
        {
            return null;
        }

        while (true)
        {
            if (await FindAsync(token.Account, token.SessionId, cancellationToken) is not { } row)
            {
                return null;
            }

            var now = clock.GetUtcNow();
            switch (row.ToChain().Decide(token.Generation, now))
            {
                case RefreshDecision.Repeat:
                    return token with { Generation = row.Generation };
                case RefreshDecision.Rotate:
                    row.Take(row.ToChain().Rotate(now));
                    if (await ReplaceAsync(row, cancellationToken))
                    {
                        return token with { Generation = row.Generation };
                    }

                    break;
                case RefreshDecision.Reuse:
                    await RevokeAsync(token.Account, token.SessionId, cancellationToken);
                    return null;
                case RefreshDecision.Ended:
                    return null;
                default:
                    throw new InvalidOperationException("Unknown decision.");
            }
        }
    }

    /// <summary>Ends a session. Its access tokens die here at once, on other hosts within seconds.</summary>
    /// <returns>False if the account has no such session.</returns>
    internal async Task<bool> RevokeAsync(AccountId account, string sessionId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(account, sessionId, cancellationToken) is not { IsRevoked: false } row)
            {
                return false;
            }

            // The access tokens first: if this is cut off here, the owner still sees the session and can end it again.
            await ended.AddAsync(sessionId, cancellationToken);
            row.IsRevoked = true;
            if (await ReplaceAsync(row, cancellationToken))
            {
                return true;
            }
        }
    }

    /// <summary>When a session was opened, which is when its owner last proved who they are; null where there is none.</summary>
    internal async Task<DateTimeOffset?> OpenedAtAsync(AccountId account, string sessionId, CancellationToken cancellationToken) =>
        (await FindAsync(account, sessionId, cancellationToken))?.CreatedAt;

    /// <summary>Whether a session is the first of its device, though not of its account: nobody is told of the device that the account came with.</summary>
    internal async Task<bool> IsFirstOfDeviceAsync(AccountId account, string sessionId, string deviceId, CancellationToken cancellationToken)
    {
        if (await FindAsync(account, sessionId, cancellationToken) is not { } row)
        {
            return false;
        }

        // Of two at one moment the earlier is the first; ended ones count too.
        var before = TableClient.CreateQueryFilter($"PartitionKey eq {row.PartitionKey} and RowKey ge {"s|"} and RowKey lt {"s}"} and CreatedAt lt {row.CreatedAt}");
        return !await AnyAsync($"{before} and {TableClient.CreateQueryFilter($"DeviceId eq {deviceId}")}") && await AnyAsync(before);

        async Task<bool> AnyAsync(string filter)
        {
            await foreach (var _ in table.QueryAsync<SessionRow>(filter, maxPerPage: 1, select: ["RowKey"], cancellationToken: cancellationToken))
            {
                return true;
            }

            return false;
        }
    }

    /// <summary>The sessions that are not over, newest first.</summary>
    internal async Task<IReadOnlyList<SessionRow>> ListAsync(AccountId account, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {AccountKeys.Partition(account)} and RowKey ge {"s|"} and RowKey lt {"s}"}");
        var rows = new List<SessionRow>();
        await foreach (var row in table.QueryAsync<SessionRow>(filter, cancellationToken: cancellationToken))
        {
            if (!row.IsRevoked && row.ExpiresAt > now)
            {
                rows.Add(row);
            }
        }

        return [.. rows.OrderByDescending(row => row.CreatedAt).ThenBy(row => row.SessionId, StringComparer.Ordinal)];
    }

    /// <summary>Whether the access tokens of a session are still good.</summary>
    internal async ValueTask<bool> IsAliveAsync(string sessionId, CancellationToken cancellationToken) => !await ended.ContainsAsync(sessionId, cancellationToken);

    private async Task<SessionRow?> FindAsync(AccountId account, string sessionId, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<SessionRow>(AccountKeys.Partition(account), AccountKeys.Session(sessionId), cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    private async Task<bool> ReplaceAsync(SessionRow row, CancellationToken cancellationToken)
    {
        try
        {
            await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }
}
