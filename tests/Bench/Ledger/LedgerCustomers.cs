using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;
using WalletFunctions.Sandbox;
using WalletFunctions.Wallet;

namespace WalletFunctions.Bench;

/// <summary>Customers with money, signed in, who move it over HTTP. They are made and signed in without HTTP, for a thousand passwords take a minute to check.</summary>
internal sealed class LedgerCustomers
{
    private static readonly Money Riches = Money.Fen(100_000_000);

    private readonly HttpClient http;
    private readonly (WalletId Wallet, AuthenticationHeaderValue Token)[] people;
    private long key;

    private LedgerCustomers(HttpClient http, (WalletId Wallet, AuthenticationHeaderValue Token)[] people) => (this.http, this.people) = (http, people);

    public static async Task<LedgerCustomers> OpenAsync(BenchHost host, int count)
    {
        var services = host.Services;
        var (directory, sessions, tokens, ledger) = (
            services.GetRequiredService<AccountDirectory>(), services.GetRequiredService<Sessions>(), services.GetRequiredService<AccessTokens>(), services.GetRequiredService<WalletFunctions.Wallet.Ledger>());
        var demo = Enumerable.Range(1, count).Select(index => new DemoPerson(Role.Customer, index)).ToList();
        await services.GetRequiredService<Seeding>().MakeAsync(demo, CancellationToken.None);
        var nobody = new Caller(null, Role.Anonymous, Language.Zh, "bench", "bench-device", IPAddress.Loopback);
        var made = new ConcurrentDictionary<int, (WalletId, AuthenticationHeaderValue)>();
        await Parallel.ForEachAsync(demo, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (person, cancellation) =>
        {
            var account = (await directory.FindAsync(person.AccountId, cancellation))!;
            var session = await sessions.OpenAsync(account.AccountId, nobody, cancellation);
            var token = new AuthenticationHeaderValue("Bearer", await tokens.IssueAsync(account, session.SessionId, cancellation));
            var riches = new BookCommand(person.TopUpId.Value + ":riches", new BookMove.CreditTopUp(Riches, "sandbox"));
            await ledger.ExecuteAsync(account.WalletId!.Value, riches, cancellation);
            made[person.Index - 1] = (account.WalletId.Value, token);
        });
        return new LedgerCustomers(host.Http, [.. Enumerable.Range(0, count).Select(index => made[index])]);
    }

    /// <summary>Anybody but the one of the hot book.</summary>
    public int Any() => Random.Shared.Next(1, people.Length);

    /// <summary>One yuan from one to the other, over HTTP.</summary>
    public Task TransferAsync(int payer, int payee)
    {
        payee = payee == payer ? 0 : payee;
        return PostAsync(payer, "v1/transfers", $$"""{"to":{"walletId":"{{people[payee].Wallet.Value}}"},"amount":{"amount":100,"currency":"CNY"},"note":"午饭"}""");
    }

    /// <summary>One yuan in, over HTTP.</summary>
    public Task TopUpAsync(int customer) => PostAsync(customer, "v1/topups", """{"amount":{"amount":100,"currency":"CNY"},"channel":"sandbox"}""");

    private async Task PostAsync(int customer, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { Authorization = people[customer].Token },
        };
        request.Headers.Add("Idempotency-Key", Interlocked.Increment(ref key).ToString("D16", CultureInfo.InvariantCulture));
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}: {text}");
        }
    }
}
