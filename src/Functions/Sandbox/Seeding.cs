using System.Collections.Concurrent;
using System.Security.Cryptography;
using WalletFunctions.Accounts;
using WalletFunctions.Accounts.Status;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Sandbox;

/// <summary>
/// Makes demo people where they are missing. Every step is idempotent (insert-if-absent rows, a top-up with a fixed
/// operation id), so calls may repeat, overlap, or be cut off anywhere.
/// </summary>
public sealed class Seeding
{
    /// <summary>What a customer starts with: 10,000.00 yuan.</summary>
    private static readonly Money StartingMoney = Money.Fen(1_000_000);

    private const int Parallel = 24;

    private readonly AccountDirectory accounts;
    private readonly Cards cards;
    private readonly AccountClasses classes;
    private readonly Ledger ledger;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<AccountId, bool> made = new();
    private readonly ConcurrentDictionary<string, Lazy<string>> hashes = new(StringComparer.Ordinal);
    private readonly Passwords passwords;

    internal Seeding(AccountDirectory accounts, AccountClasses classes, Cards cards, Ledger ledger, Passwords passwords, TimeProvider clock) =>
        (this.accounts, this.classes, this.cards, this.ledger, this.passwords, this.clock) = (accounts, classes, cards, ledger, passwords, clock);

    /// <summary>Makes these people, as far as they are missing.</summary>
    internal Task MakeAsync(IEnumerable<DemoPerson> people, CancellationToken cancellationToken) => System.Threading.Tasks.Parallel.ForEachAsync(
        people.Where(person => !made.ContainsKey(person.AccountId)),
        new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken },
        async (person, token) =>
        {
            await MakeAsync(person, token);
            made[person.AccountId] = true;
        });

    private async Task MakeAsync(DemoPerson person, CancellationToken cancellationToken)
    {
        var isStaff = person.WalletId is null;
        var account = new Account(
            person.AccountId,
            person.WalletId,
            person.Role,
            AccountStatus.Active,
            person.Name,
            PersonName.Mask(person.Name),
            person.PhoneNumber,
            person.Email,
            VerifiedName: person.Name,
            clock.GetUtcNow());
        if (!await accounts.OpenAsync(account, HashOf(person.Password), isStaff ? RandomNumberGenerator.GetBytes(Totp.SecretBytes) : null, cancellationToken))
        {
            throw new InvalidOperationException($"The number of {person.Role} {person.Index} belongs to somebody else.");
        }

        if (person.WalletId is { } wallet)
        {
            await classes.SetAsync(wallet, AccountClass.III, "seeded", cancellationToken);
        }

        if (person.Role != Role.Customer)
        {
            return;
        }

        await cards.StoreAsync(person.AccountId, new CardApplication(person.Name, person.CardNumber, "DEMO", person.PhoneNumber), person.BankCardId, cancellationToken);
        var command = new BookCommand(person.TopUpId.Value, new BookMove.CreditTopUp(StartingMoney, "sandbox"));
        if (await ledger.ExecuteAsync(person.WalletId!.Value, command, cancellationToken) is Outcome.Refused refused)
        {
            throw new InvalidOperationException($"The starting money was refused: {refused.Error.Code}.");
        }
    }

    /// <summary>
    /// One hash for all who share a password: hashing is slow on purpose, and a salt of their own would hide nothing about
    /// made-up people whose password is printed in the answer.
    /// </summary>
    private string HashOf(string password) => hashes.GetOrAdd(password, p => new Lazy<string>(() => passwords.Hash(p))).Value;
}
