using Azure;
using Azure.Data.Tables;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>A card that somebody wants to bind.</summary>
internal sealed record CardApplication(string HolderName, CardNumber Number, string BankCode, PhoneNumber Phone);

/// <summary>The bank cards of accounts. A number is bound once per account; it is encrypted and never comes back.</summary>
public sealed class Cards(Storage storage, Secrets secrets, Vault vault, AccountDirectory accounts, TimeProvider clock)
{
    private readonly TableClient table = storage.Table(AccountKeys.TableName);

    internal async Task<BankCard?> FindAsync(AccountId account, BankCardId card, CancellationToken cancellationToken)
    {
        var found = await table.GetEntityIfExistsAsync<BankCardRow>(AccountKeys.Partition(account), AccountKeys.Card(card), cancellationToken: cancellationToken);
        return found.HasValue ? found.Value!.ToDomain(vault) : null;
    }

    /// <summary>All cards, newest first.</summary>
    internal async Task<IReadOnlyList<BankCard>> ListAsync(AccountId account, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {AccountKeys.Partition(account)} and RowKey ge {"c|"} and RowKey lt {"c}"}");
        var cards = new List<BankCard>();
        await foreach (var row in table.QueryAsync<BankCardRow>(filter, cancellationToken: cancellationToken))
        {
            cards.Add(row.ToDomain(vault));
        }

        cards.Reverse();
        return cards;
    }

    /// <summary>Binds a card; a number that is bound already answers the card it is.</summary>
    /// <param name="id">The id for a new card.</param>
    internal async Task<Result<BankCard>> BindAsync(AccountId account, CardApplication application, BankCardId id, CancellationToken cancellationToken)
    {
        var owner = await accounts.FindAsync(account, cancellationToken) ?? throw new InvalidOperationException("A signed-in account has no profile.");
        if (owner.VerifiedName is null)
        {
            return IdentityErrors.IdentityRequired;
        }

        return PersonName.Same(owner.VerifiedName, application.HolderName)
            ? await StoreAsync(account, application, id, cancellationToken)
            : IdentityErrors.CardHolderMismatch;
    }

    /// <summary>Binds a card whose holder is known to be the account's owner.</summary>
    internal async Task<BankCard> StoreAsync(AccountId account, CardApplication application, BankCardId id, CancellationToken cancellationToken)
    {
        var partition = AccountKeys.Partition(account);
        var row = new BankCardRow
        {
            PartitionKey = partition,
            RowKey = AccountKeys.Card(id),
            BankCardId = id.Value,
            Last4 = application.Number.Last4,
            BankCode = application.BankCode,
            HolderName = vault.SealPersonal(application.HolderName.Trim()),
            Number = vault.SealCardNumber(application.Number.Digits),
            Phone = vault.SealPersonal(application.Phone.Value),
            NumberKey = AccountKeys.CardNumber(secrets, application.Number),
            CreatedAt = clock.GetUtcNow(),
        };
        while (true)
        {
            try
            {
                await table.SubmitTransactionAsync(
                    [
                        new TableTransactionAction(TableTransactionActionType.Add, new TableEntity(partition, row.NumberKey) { ["BankCardId"] = id.Value }),
                        new TableTransactionAction(TableTransactionActionType.Add, row),
                    ],
                    cancellationToken);
                return row.ToDomain(vault);
            }
            catch (RequestFailedException e) when (e.Status == 409)
            {
                var bound = await table.GetEntityIfExistsAsync<TableEntity>(partition, row.NumberKey, cancellationToken: cancellationToken);
                if (bound.HasValue && await FindAsync(account, BankCardId.Of(bound.Value!.GetString("BankCardId")), cancellationToken) is { } card)
                {
                    return card;
                }

                // Removed between the two reads: bind it anew.
            }
        }
    }

    /// <summary>Removes a card.</summary>
    /// <returns>False if the account has no such card.</returns>
    internal async Task<bool> RemoveAsync(AccountId account, BankCardId card, CancellationToken cancellationToken)
    {
        var partition = AccountKeys.Partition(account);
        var found = await table.GetEntityIfExistsAsync<BankCardRow>(partition, AccountKeys.Card(card), cancellationToken: cancellationToken);
        if (!found.HasValue)
        {
            return false;
        }

        try
        {
            await table.SubmitTransactionAsync(
                [
                    new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, found.Value!.NumberKey), ETag.All),
                    new TableTransactionAction(TableTransactionActionType.Delete, found.Value, ETag.All),
                ],
                cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Somebody else removed it at the same moment; it is gone either way.
            return true;
        }
    }
}
