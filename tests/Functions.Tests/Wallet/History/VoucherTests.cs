using System.Net;
using System.Text.Json;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Domain.Vouchers;
using WalletFunctions.Verify;
using Xunit;

namespace WalletFunctions.Tests.Wallet.History;

[Collection(LivedBookTests.Name)]
public sealed class VoucherTests(LivedBook book) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vouchers").FullName;

    [Fact]
    public async Task Every_completed_transaction_has_a_voucher_that_the_command_verifies_in_every_form()
    {
        var vouchers = 0;
        foreach (var transaction in book.Transactions.GroupBy(item => (item.GetProperty("kind").GetString(), item.GetProperty("status").GetString())).Select(group => group.First()))
        {
            var id = transaction.GetProperty("transactionId").GetString();
            var json = await book.Owner.GetAsync($"v1/transactions/{id}/voucher");
            if (transaction.GetProperty("status").GetString() is not ("completed" or "returned" or "reversed"))
            {
                json.MustRefuse(HttpStatusCode.Conflict, "voucher_not_available");
                continue;
            }

            vouchers++;
            foreach (var member in new[] { "kind", "amount", "fee", "direction", "status" })
            {
                JsonElement.DeepEquals(json.Must(HttpStatusCode.OK).Json.GetProperty("content").GetProperty(member), transaction.GetProperty(member)).ShouldBeTrue(member);
            }

            var entry = book.Entries.First(entry => entry.Number == json.Json.GetProperty("content").GetProperty("entry").GetInt64());
            entry.At.ShouldBe(transaction.GetProperty("createdAt").GetDateTimeOffset());
            json.Text("content.transactionId").ShouldBe(id);
            (await VerifyAsync(json.Body)).Code.ShouldBe(0);
            foreach (var format in new[] { "jose", "html" })
            {
                var other = (await book.Owner.GetAsync($"v1/transactions/{id}/voucher?format={format}")).Must(HttpStatusCode.OK);
                var (code, output) = await VerifyAsync(other.Body);
                code.ShouldBe(0, output);
                output.ShouldContain(id!);
            }
        }

        vouchers.ShouldBeGreaterThanOrEqualTo(3);
    }

    [Fact]
    public async Task Accept_and_the_language_choose_the_form()
    {
        var path = $"v1/transactions/{Some("transfer")}/voucher";
        async Task<TestAnswer> AskAsync(string accept, string language = "zh-CN") =>
            (await book.Owner.SendAsync(HttpMethod.Get, path, headers: [("Accept", accept), ("Accept-Language", language)])).Must(HttpStatusCode.OK);
        (await AskAsync("application/jose")).Header("Content-Type").ShouldBe("application/jose");
        (await AskAsync("*/*")).Header("Content-Type")!.ShouldStartWith("application/json");
        (await AskAsync("image/png")).Header("Content-Type")!.ShouldStartWith("application/json");
        (await AskAsync("text/html;q=0.1, application/jose;q=0.9")).Header("Content-Type").ShouldBe("application/jose");
        var page = await AskAsync("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        page.Header("Content-Security-Policy")!.ShouldStartWith("default-src 'none'; style-src 'sha256-");
        page.Body.ShouldContain("交易凭证");
        (await AskAsync("text/html", "en")).Body.ShouldContain("Transaction voucher");
        (await book.Owner.GetAsync(path + "?format=pdf")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
    }

    [Fact]
    public async Task A_page_with_a_changed_cell_is_found_out_and_what_was_signed_is_told()
    {
        var page = (await book.Owner.GetAsync($"v1/transactions/{Some("transfer")}/voucher?format=html")).Must(HttpStatusCode.OK).Body;
        var signed = VoucherCheck.Of(page, await KeysAsync()).Voucher!;
        foreach (var (name, value) in signed.Fields())
        {
            var cell = $"data-field=\"{name}\">{WebUtility.HtmlEncode(value)}<";
            page.ShouldContain(cell);
            var (code, output) = await VerifyAsync(page.Replace(cell, $"data-field=\"{name}\">1{WebUtility.HtmlEncode(value)}<", StringComparison.Ordinal));
            code.ShouldBe(1, name);
            output.ShouldStartWith("BAD The signature holds, but the page shows something else");
            output.ShouldContain(value);
        }

        (await VerifyAsync(page.Replace("<table>", "<table><tr><td><span data-field=\"amount\">1 CNY</span>", StringComparison.Ordinal))).Code.ShouldBe(1);
        (await VerifyAsync(page.Replace("data-field=\"amount\"", "", StringComparison.Ordinal))).Code.ShouldBe(1);
        (await VerifyAsync(page.Replace(".", "", StringComparison.Ordinal))).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_voucher_stays_verifiable_after_the_keys_were_rotated()
    {
        var path = $"v1/transactions/{Some("topup")}/voucher?format=jose";
        var before = (await book.Owner.GetAsync(path)).Must(HttpStatusCode.OK).Body;
        var keysBefore = await KeysAsync();
        await book.App.Services.GetRequiredService<SigningKeys>().Vouchers.RotateAsync(TimeSpan.Zero, CancellationToken.None);
        var after = (await book.Owner.GetAsync(path)).Must(HttpStatusCode.OK).Body;
        var keys = await KeysAsync();
        keys.Keys.Count.ShouldBe(keysBefore.Keys.Count + 1);
        keys.Keys.Take(keysBefore.Keys.Count).ShouldBe(keysBefore.Keys);
        var (old, renewed) = (VoucherCheck.Of(before, keys), VoucherCheck.Of(after, keys));
        (old.IsGood, renewed.IsGood).ShouldBe((true, true));
        renewed.KeyId.ShouldBe(keys.Keys[^1].Kid);
        renewed.KeyId.ShouldNotBe(old.KeyId);
        VoucherCheck.Of(after, keysBefore).IsGood.ShouldBeFalse("a key that was not published yet is unknown");
    }

    [Fact]
    public async Task A_second_host_signs_with_the_same_keys()
    {
        await using var second = await TestApp.StartAsync(connectionString: book.App.ConnectionString);
        using var owner = await second.CustomerAsync(0);
        var signed = (await owner.GetAsync($"v1/transactions/{Some("topup")}/voucher?format=jose")).Must(HttpStatusCode.OK).Body;
        VoucherCheck.Of(signed, await KeysAsync()).IsGood.ShouldBeTrue();
        (await second.Anonymous.GetAsync("v1/voucher-keys")).Must(HttpStatusCode.OK).Body.ShouldBe((await book.App.Anonymous.GetAsync("v1/voucher-keys")).Body);
    }

    [Fact]
    public async Task Keys_have_no_private_half_and_are_not_those_of_access_tokens()
    {
        var keys = (await book.App.Anonymous.GetAsync("v1/voucher-keys")).Must(HttpStatusCode.OK);
        foreach (var key in keys.Json.GetProperty("keys").EnumerateArray())
        {
            key.EnumerateObject().Select(member => member.Name).ShouldBe(["kty", "crv", "x", "y", "kid", "use", "alg"]);
        }

        keys.Body.ShouldNotContain((await book.App.Anonymous.GetAsync("v1/jwks")).Json.GetProperty("keys")[0].GetProperty("kid").GetString()!);
    }

    [Fact]
    public async Task Nobody_gets_a_voucher_of_what_is_not_theirs()
    {
        var id = Some("topup");
        (await book.Other.GetAsync($"v1/transactions/{id}/voucher")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await book.Owner.GetAsync("v1/transactions/txn_00000000000000000000000000/voucher")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await book.App.Anonymous.GetAsync($"v1/transactions/{id}/voucher")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task The_command_reads_a_file_or_its_input_and_explains_itself()
    {
        var signed = (await book.Owner.GetAsync($"v1/transactions/{Some("topup")}/voucher?format=jose")).Must(HttpStatusCode.OK).Body;
        var (voucher, keys) = (Path.Combine(folder, "voucher.jws"), await SaveKeysAsync());
        await File.WriteAllTextAsync(voucher, signed);
        Run(null, voucher, "--keys", keys).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0), run => run.Output.ShouldStartWith("GOOD"));
        Run(signed, "--keys", keys).Code.ShouldBe(0);
        Run(signed, "-", "--keys", keys, "--language", "zh").ShouldSatisfyAllConditions(run => run.Code.ShouldBe(0), run => run.Output.ShouldStartWith("有效"));
        Run(signed[..^2] + "AA", "--keys", keys).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(1), run => run.Output.ShouldStartWith("BAD"));
        Run(signed, "--keys", voucher).ShouldSatisfyAllConditions(run => run.Code.ShouldBe(1), run => run.Output.ShouldContain("no keys"));
        Run(signed, "--keys", Path.Combine(folder, "nothing")).Code.ShouldBe(1);
        Run(null, Path.Combine(folder, "nothing"), "--keys", keys).Code.ShouldBe(1);
        Run(signed).Output.ShouldStartWith("Usage");
        Run(signed, "--keys", keys, "--what").Output.ShouldStartWith("Usage");
        Run(signed, "a", "b", "--keys", keys).Code.ShouldBe(1);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Some(string kind) => book.Transactions.First(item => item.GetProperty("kind").GetString() == kind && item.GetProperty("status").GetString() == "completed")
        .GetProperty("transactionId").GetString()!;

    private async Task<Domain.Signing.PublicKeySet> KeysAsync() =>
        Domain.Signing.PublicKeySet.Parse((await book.App.Anonymous.GetAsync("v1/voucher-keys")).Must(HttpStatusCode.OK).Body)!;

    private async Task<string> SaveKeysAsync()
    {
        var keys = Path.Combine(folder, "keys.json");
        await File.WriteAllTextAsync(keys, (await book.App.Anonymous.GetAsync("v1/voucher-keys")).Must(HttpStatusCode.OK).Body);
        return keys;
    }

    private async Task<(int Code, string Output)> VerifyAsync(string document) => Run(document, "--keys", await SaveKeysAsync());

    private static (int Code, string Output) Run(string? input, params string[] args)
    {
        using var output = new StringWriter();
        using var text = new StringReader(input ?? "");
        return (VerifyCommand.Run(args, text, output, "en_US.UTF-8"), output.ToString());
    }
}
