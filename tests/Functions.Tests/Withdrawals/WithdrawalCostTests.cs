using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Tests.EndToEnd;
using Xunit;
using Xunit.Abstractions;

namespace Functions.Tests.Withdrawals;

/// <summary>
/// Storage calls are what a withdrawal costs in production, in money and in time. They are counted by table, the engine's and the
/// sandbox's apart, and of several attempts the cheapest counts: a conflict or a slow moment costs one attempt a call, one more call in
/// the code costs it every one of them.
/// </summary>
public sealed partial class WithdrawalCostTests(ITestOutputHelper output)
{
    /// <summary>What one withdrawal that settles by callback takes when it is alone: 16.</summary>
    private static readonly Dictionary<string, int> Alone = new(StringComparer.Ordinal)
    {
        // The card.
        ["accounts"] = 1,

        // The request and the settlement, a transaction each; its row read at the submission, its end and the callback and written at the two
        // steps of the submission and at its end; the hold read by the callback.
        ["books"] = 9,

        // Noted and crossed out.
        ["intents"] = 2,

        // Two, each taken in and marked as handed over.
        ["notices"] = 4,
    };

    /// <summary>Its first turn with its start, three more, and what is crossed out of the list of work, for which one more may be needed.</summary>
    private const int EngineAlone = 6;

    /// <summary>Written in groups with others'. All other calls are one withdrawal's own, so as many under load.</summary>
    private static readonly string[] Shared = ["intents", "notices"];

    /// <summary>The calendar and the rules are looked at every few seconds; of those who come together after a pause each may have to.</summary>
    private const string Rules = "settingversions";

    private const int InFlight = 64;

    /// <summary>For retries: fewer than one withdrawal in two may have one.</summary>
    private const double Spare = 0.5;

    /// <summary>The target with 64 in flight, all tables together. Alone it is 16; notices and intents are written in groups, which must save two at least (it is four).</summary>
    private const double MostUnderLoad = 14;

    private const int Attempts = 5;

    [Fact]
    public async Task A_withdrawal_alone_and_one_of_many_take_no_more_storage_calls_than_are_known()
    {
        var calls = new CallLog();
        await using var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton<HttpPipelinePolicy>(calls));
        await new BankSide(() => app.Address).BehaveAsync("settle", 1);
        var people = (await WalletClient.SeedAsync(app.Address, InFlight))["customers"]!.AsArray();
        var customers = await Task.WhenAll(people.Select(person => Customer.SignInAsync(() => app.Address, person!)));

        // Warms up what is read once, for each of them.
        await Task.WhenAll(customers.Select(async customer => await customer.UntilAsync(await customer.WithdrawAsync(1_00), "settled")));

        await CheapestAsync(calls, customers.Take(1).ToArray(), alone =>
        {
            foreach (var (table, most) in Alone)
            {
                alone[table].ShouldBeLessThanOrEqualTo(most, table);
            }

            alone.Where(table => IsEngine(table.Key)).Sum(table => table.Value).ShouldBeLessThanOrEqualTo(EngineAlone);
            alone.Keys.Where(table => !IsEngine(table) && table != Rules).ShouldBe(Alone.Keys, ignoreOrder: true);
        });
        await CheapestAsync(calls, customers, among =>
        {
            var own = among.Where(table => !IsEngine(table.Key) && table.Key != Rules).ToList();
            among.GetValueOrDefault(Rules).ShouldBeLessThanOrEqualTo(1);
            own.Where(table => !Shared.Contains(table.Key, StringComparer.Ordinal)).Sum(table => table.Value)
                .ShouldBeLessThan(Alone.Where(table => !Shared.Contains(table.Key, StringComparer.Ordinal)).Sum(table => table.Value) + Spare);
            own.Sum(table => table.Value).ShouldBeLessThanOrEqualTo(MostUnderLoad);
        });
    }

    private static bool IsEngine(string table) => table.StartsWith("WalletHub", StringComparison.Ordinal);

    /// <summary>Has each of some customers withdraw at one time, until what one withdrawal takes of each table passes.</summary>
    private async Task CheapestAsync(CallLog calls, Customer[] customers, Action<IReadOnlyDictionary<string, double>> check)
    {
        for (var attempt = 1; ; attempt++)
        {
            calls.Clear();
            var ids = await Task.WhenAll(customers.Select(customer => customer.WithdrawAsync(1_00)));
            await WalletFunctions.TestSupport.Eventually.True("the orchestrations have ended", () => calls.SinceLast > TimeSpan.FromSeconds(3));
            var lines = calls.Lines;
            for (var i = 0; i < ids.Length; i++)
            {
                await customers[i].UntilAsync(ids[i], "settled");
            }

            var each = lines.GroupBy(TableOf, StringComparer.Ordinal).Where(group => !group.Key.StartsWith("sandbox", StringComparison.Ordinal))
                .ToDictionary(group => group.Key, group => (double)group.Count() / ids.Length, StringComparer.Ordinal);
            var whole = string.Create(CultureInfo.InvariantCulture, $"{ids.Length} at one time: {string.Join(", ", each.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Key} {table.Value:0.0}")))}");
            output.WriteLine(whole);
            try
            {
                check(each);
                return;
            }
            catch (ShouldAssertException) when (attempt < Attempts)
            {
                // Perhaps a conflict; the next one says.
            }
            catch (ShouldAssertException)
            {
                output.WriteLine(string.Join('\n', lines.Take(200)));
                throw;
            }
        }
    }

    private static string TableOf(string line) => Table().Match(line).Value;

    /// <summary>Notes every call but those of rounds that run anyway: clock, lease, sweeps, pumps.</summary>
    private sealed partial class CallLog : HttpPipelineSynchronousPolicy
    {
        private readonly ConcurrentQueue<string> lines = new();
        private long last = TimeProvider.System.GetTimestamp();

        public IReadOnlyList<string> Lines => [.. lines];

        public TimeSpan SinceLast => TimeProvider.System.GetElapsedTime(Interlocked.Read(ref last));

        public void Clear() => lines.Clear();

        public override void OnSendingRequest(HttpMessage message)
        {
            var uri = message.Request.Uri.ToUri();
            var path = uri.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal) ? "$batch" + FirstInBatch(message) : uri.PathAndQuery;
            var line = $"{message.Request.Method} {Ids().Replace(Uri.UnescapeDataString(path), "…")}";
            if (!Rounds().IsMatch(line))
            {
                lines.Enqueue(line);
                Interlocked.Exchange(ref last, TimeProvider.System.GetTimestamp());
            }
        }

        private static string FirstInBatch(HttpMessage message)
        {
            using var body = new MemoryStream();
            message.Request.Content!.WriteTo(body, CancellationToken.None);
            return InBatch().Match(Encoding.UTF8.GetString(body.ToArray())).Value;
        }

        [GeneratedRegex(@"(?<=(POST|PUT|MERGE|DELETE) http://[^/]+)/[^ ]+", RegexOptions.ExplicitCapture, 1000)]
        private static partial Regex InBatch();

        [GeneratedRegex("[0-9a-hjkmnp-tv-z]{26}", RegexOptions.None, 1000)]
        private static partial Regex Ids();

        [GeneratedRegex(@"settings\(|lease|intents\(\)|sandbox(?:bank|acquirer)\(\)|charges\(\)|recallsdue\(\)|rawmail\(\)|notices\(\)|merchantwebhooks\(\)|reviews\(\)|workflowrestarts\(\)|/messages|Work\(\)|outbox\(\)", RegexOptions.IgnoreCase, 1000)]
        private static partial Regex Rounds();
    }

    /// <summary>What follows the storage account.</summary>
    [GeneratedRegex(@"(?<=^\w+ (\$batch)?/\w+/)\w+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Table();
}
