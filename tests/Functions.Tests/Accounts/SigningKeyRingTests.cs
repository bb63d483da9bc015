using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Domain.Signing;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Accounts;

public sealed class SigningKeyRingTests
{
    private const string Type = "thing+jws";

    [Fact]
    public async Task After_its_lifetime_a_key_is_followed_by_another_that_is_published_before_it_signs()
    {
        var time = new ManualTime();
        using var ring = await RingAsync("ring-lifetime", time);
        var first = await ring.CurrentAsync(CancellationToken.None);
        var signed = first.Sign(Type, "{}"u8);

        time.Advance(TimeSpan.FromDays(31));
        (await ring.CurrentAsync(CancellationToken.None)).Public.ShouldBe(first.Public, "the next one is published, and does not sign yet");
        var published = await ring.PublishedAsync(CancellationToken.None);
        published.Keys.Count.ShouldBe(2);

        time.Advance(TimeSpan.FromMinutes(10));
        var second = await ring.CurrentAsync(CancellationToken.None);
        second.Public.ShouldBe(published.Keys[1]);
        (await ring.PublishedAsync(CancellationToken.None)).Keys.Count.ShouldBe(2, "one rotation is enough");
        CompactJws.Check(signed, Type, published).Fault.ShouldBe(JwsFault.None);
        CompactJws.Check(second.Sign(Type, "{}"u8), Type, published).Fault.ShouldBe(JwsFault.None);
    }

    [Fact]
    public async Task Two_hosts_make_one_first_key_and_one_next_key()
    {
        var time = new ManualTime();
        using var one = await RingAsync("ring-hosts", time);
        using var two = await RingAsync("ring-hosts", time);
        var firsts = await Task.WhenAll(one.CurrentAsync(CancellationToken.None).AsTask(), two.CurrentAsync(CancellationToken.None).AsTask());
        firsts[0].Public.ShouldBe(firsts[1].Public);

        time.Advance(TimeSpan.FromDays(31));
        await Task.WhenAll(one.CurrentAsync(CancellationToken.None).AsTask(), two.CurrentAsync(CancellationToken.None).AsTask());
        (await one.PublishedAsync(CancellationToken.None)).Keys.Count.ShouldBe(2);
        (await two.PublishedAsync(CancellationToken.None)).Keys.ShouldBe((await one.PublishedAsync(CancellationToken.None)).Keys);
    }

    [Fact]
    public async Task The_private_half_is_not_readable_in_the_storage()
    {
        using var ring = await RingAsync("ring-sealed", new ManualTime());
        var key = (await ring.CurrentAsync(CancellationToken.None)).Pair.ECDsa.ExportPkcs8PrivateKey();
        var app = await TestApp.Shared;
        var row = (await app.Services.GetRequiredService<Storage>().Table(SigningKeys.TableName).GetEntityAsync<Azure.Data.Tables.TableEntity>("ring-sealed", "1")).Value;
        Encoding.Latin1.GetString(row.GetBinary("PrivateKey")).ShouldNotContain(Encoding.Latin1.GetString(key));
    }

    private static async Task<SigningKeyRing> RingAsync(string purpose, TimeProvider time)
    {
        var app = await TestApp.Shared;
        return new SigningKeyRing(app.Services.GetRequiredService<Storage>(), app.Services.GetRequiredService<Vault>(), new MachineClock(time), purpose, TimeSpan.FromDays(30));
    }
}
