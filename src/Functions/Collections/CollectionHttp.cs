using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Collections;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;

namespace WalletFunctions.Collections;

/// <summary>/v1/collections: asking for money by a code or a link.</summary>
public sealed class CollectionHttp
{
    private const string Route = "POST /v1/collections";
    private const int LongestNote = 140;
    private const int ShortestLife = 60;

    private readonly CollectionTable table;
    private readonly CollectionLinks links;
    private readonly Ledger ledger;
    private readonly RecentAccounts accounts;
    private readonly Secrets secrets;
    private readonly IdSource ids;
    private readonly TimeProvider clock;

    public CollectionHttp(CollectionTable table, CollectionDesk desk, Ledger ledger, RecentAccounts accounts, Secrets secrets, IdSource ids, TimeProvider clock) =>
        (this.table, links, this.ledger, this.accounts, this.secrets, this.ids, this.clock) = (table, desk.Links, ledger, accounts, secrets, ids, clock);

    /// <summary>Makes a collection. Whoever has its code or link can pay it.</summary>
    [Function("CreateCollection")]
    [Access(Role.Customer)]
    [Operation("Ask for money by a code", Request = typeof(CreateCollection), Response = typeof(CollectionView), Status = 201, Key = true, Codes = ["currency_mismatch", "wallet_frozen"])]
    public async Task<IResult> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/collections")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await MoneyRequest.ReadAsync(request, Route, secrets, CreateCollection.Ask, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (money, asked) = read.Value;
        var payee = await accounts.FindAsync(money.Caller.Account, cancellationToken);
        var now = clock.GetUtcNow();
        var collection = new Collection(
            ids.New<CollectionId>(),
            NewCode(),
            money.Caller.Wallet,
            payee?.MaskedName ?? "*",
            asked.Amount,
            asked.Note,
            asked.Payers == CollectionView.PayersKind.Many ? asked.MaxPayers ?? Collection.MostPayers : 1,
            now,
            now.AddSeconds(asked.ExpiresInSeconds ?? Collection.UsualLife.TotalSeconds));
        while (!await table.AnnounceAsync(collection.Id, collection.Code, collection.Payee, cancellationToken))
        {
            collection = collection with { Code = NewCode() };
        }

        var view = CollectionView.Of(new StoredCollection(collection, default, []), links, isCreator: true, now);
        BookMove move = asked.Amount is { } amount && amount.Currency != Currency.Cny ? new BookMove.Refuse(LedgerErrors.CurrencyMismatch) : new BookMove.Touch(WhileOpen: true);
        return money.Answer(await ledger.ExecuteAsync(
            money.Caller.Wallet,
            new BookCommand(collection.Id.Value, move)
            {
                Key = money.Key,
                Answer = _ => StoredAnswer.Created(view, $"/api/v1/collections/{collection.Id}"),
                Refusal = money.Refusal,
                Companions = _ => [Companion.Add(CollectionRow.Of(collection))],
            },
            cancellationToken));
    }

    /// <summary>A collection: its creator sees who paid, others whom they pay and how much.</summary>
    [Function("GetCollection")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("One collection, by id or code", Response = typeof(CollectionView), Codes = ["not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/collections/{collection}")] HttpRequest request, string collection, CancellationToken cancellationToken) =>
        CollectionRef.Read(collection) is { } reference && await table.FindAsync(reference, cancellationToken) is { } stored
            ? Answers.Ok(CollectionView.Of(stored, links, stored.Collection.Payee == request.Caller().Wallet, clock.GetUtcNow()))
            : Answers.Problem(request, PlatformErrors.NotFound);

    /// <summary>The caller's collections, newest first.</summary>
    [Function("ListCollections")]
    [Access(Role.Customer)]
    [Operation("The caller's collections", Response = typeof(CollectionView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/collections")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (items, next) = await table.ListAsync(request.Caller().Wallet, page.Value, cancellationToken);
        var now = clock.GetUtcNow();
        return Answers.List(items.Select(stored => CollectionView.Of(stored, links, isCreator: true, now)).ToList(), next);
    }

    private static CollectionCode NewCode() => CollectionCode.New(RandomNumberGenerator.GetBytes(CollectionCode.RandomBytes));

    internal sealed record CreateCollection(Money? Amount, string? Note, int? ExpiresInSeconds, CollectionView.PayersKind? Payers, int? MaxPayers)
    {
        public static CreateCollection Ask(JsonForm form)
        {
            var payers = form.OptionalEnum<CollectionView.PayersKind>("payers");
            var most = form.OptionalInt("maxPayers", 1, Collection.MostPayers);
            if (most > 1 && payers != CollectionView.PayersKind.Many)
            {
                form.Fail(FieldErrors.Invalid("maxPayers", new("仅用于多人付款的收款。", "it goes with payers: many.")));
            }

            return new CreateCollection(
                form.OptionalMoney("amount"),
                form.OptionalString("note", LongestNote),
                form.OptionalInt("expiresInSeconds", ShortestLife, (int)Collection.LongestLife.TotalSeconds),
                payers,
                most);
        }
    }
}
