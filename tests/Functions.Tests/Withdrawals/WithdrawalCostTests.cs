using System.Collections.Concurrent;
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

/// <summary>Storage calls are what a withdrawal costs in production, in money and in time.</summary>
public sealed partial class WithdrawalCostTests(ITestOutputHelper output)
{
    /// <summary>Alone it takes 26, four of them for its two notices; under load those of notices, of intents and of the hub's work list are shared with others.</summary>
    private const int MostCalls = 28;

    [Fact]
    public async Task A_settled_withdrawal_takes_few_storage_calls()
    {
        var calls = new CallLog();
        await using var app = await TestApp.StartAsync(builder => builder.Services.AddSingleton<HttpPipelinePolicy>(calls));
        var bank = new BankSide(() => app.Address);
        await bank.BehaveAsync("settle", 1);
        var customer = await Customer.SignInAsync(() => app.Address, (await WalletClient.SeedAsync(app.Address))["customers"]![0]!);
        await customer.UntilAsync(await customer.WithdrawAsync(1_00), "settled"); // warms up what is read once

        calls.Clear();
        var id = await customer.WithdrawAsync(1_00);
        await WalletFunctions.TestSupport.Eventually.True("the orchestration has ended", () => calls.SinceLast > TimeSpan.FromSeconds(4));
        var product = calls.Lines.Where(line => !line.Contains("/sandbox", StringComparison.Ordinal)).ToList();
        var log = string.Join('\n', product);
        output.WriteLine($"{product.Count} calls\n{log}");
        (await customer.ReadAsync(id))["status"]!.GetValue<string>().ShouldBe("settled");
        product.Count.ShouldBeLessThanOrEqualTo(MostCalls, log);
    }

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
}
