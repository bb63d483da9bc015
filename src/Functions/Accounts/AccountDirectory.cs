using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>Finds people and merchants. What other features know of accounts they know from here.</summary>
public sealed class AccountDirectory(Storage storage, Secrets secrets, Vault vault)
{
    /// <summary>Look-ups are insert-only, so they may be remembered; bounded, since anybody can ask for any number.</summary>
    private const int RememberedLookups = 50_000;

    private readonly TableClient table = storage.Table(AccountKeys.TableName);
    private readonly ConcurrentDictionary<string, string> lookups = new(StringComparer.Ordinal);

    internal async Task<Account?> FindAsync(AccountId id, CancellationToken cancellationToken) =>
        (await FindRowAsync(id, cancellationToken))?.ToDomain(vault);

    internal async Task<Account?> FindByPhoneAsync(PhoneNumber phone, CancellationToken cancellationToken) =>
        (await FindRowByPhoneAsync(phone, cancellationToken))?.ToDomain(vault);

    internal async Task<Account?> FindByWalletAsync(WalletId wallet, CancellationToken cancellationToken) =>
        await LookUpAsync(AccountKeys.Wallet(secrets, wallet), cancellationToken) is { } id ? await FindAsync(id, cancellationToken) : null;

    /// <summary>Whoever had the address first, if they still have it.</summary>
    internal async Task<Account?> FindByEmailAsync(string email, CancellationToken cancellationToken) =>
        await FindAsync(await LookUpAsync(AccountKeys.Email(secrets, email), cancellationToken) ?? AccountId.Of("acc_nobody"), cancellationToken);

    internal async Task<AccountRow?> FindRowAsync(AccountId id, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<AccountRow>(AccountKeys.Partition(id), AccountKeys.Profile, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>A number nobody has costs the same two reads as one that somebody has.</summary>
    internal async Task<AccountRow?> FindRowByPhoneAsync(PhoneNumber phone, CancellationToken cancellationToken) =>
        await FindRowAsync(await LookUpAsync(AccountKeys.Phone(secrets, phone), cancellationToken) ?? AccountId.Of("acc_nobody"), cancellationToken);

    /// <summary>The number in a profile's row, readable.</summary>
    internal PhoneNumber PhoneOf(AccountRow row) => new(vault.OpenPersonal(row.Phone));

    /// <summary>Replaces a profile that nobody changed since it was read.</summary>
    /// <returns>False if somebody did.</returns>
    internal async Task<bool> ReplaceAsync(AccountRow row, CancellationToken cancellationToken)
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

    /// <summary>
    /// Opens an account with an id that belongs to its key, so that a repeat finds what it made before. The look-ups come
    /// first: a number that somebody else has refuses before anything is written.
    /// </summary>
    /// <returns>False if the number belongs to another account.</returns>
    internal async Task<bool> OpenAsync(Account account, string passwordHash, byte[]? totpSecret, CancellationToken cancellationToken)
    {
        if (await ClaimLookupAsync(AccountKeys.Phone(secrets, account.Phone), account.AccountId, cancellationToken) != account.AccountId)
        {
            return false;
        }

        if (account.WalletId is { } wallet)
        {
            await ClaimLookupAsync(AccountKeys.Wallet(secrets, wallet), account.AccountId, cancellationToken);
        }

        if (account.Email is { } email)
        {
            await ClaimLookupAsync(AccountKeys.Email(secrets, email), account.AccountId, cancellationToken);
        }

        try
        {
            await table.AddEntityAsync(AccountRow.FromDomain(account, passwordHash, totpSecret, vault), cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Made by an earlier run.
        }

        return true;
    }

    private async Task<AccountId> ClaimLookupAsync(string key, AccountId account, CancellationToken cancellationToken)
    {
        try
        {
            await table.AddEntityAsync(new TableEntity(key, AccountKeys.Lookup) { ["AccountId"] = account.Value }, cancellationToken);
            return account;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return await LookUpAsync(key, cancellationToken) ?? throw new InvalidOperationException("A look-up that exists cannot be read.", e);
        }
    }

    private async Task<AccountId?> LookUpAsync(string key, CancellationToken cancellationToken)
    {
        if (lookups.TryGetValue(key, out var known))
        {
            return AccountId.Of(known);
        }

        var found = await table.GetEntityIfExistsAsync<TableEntity>(key, AccountKeys.Lookup, cancellationToken: cancellationToken);
        if (!found.HasValue || found.Value?.GetString("AccountId") is not { } id)
        {
            return null;
        }

        if (lookups.Count < RememberedLookups)
        {
            lookups[key] = id;
        }

        return AccountId.Of(id);
    }
}
