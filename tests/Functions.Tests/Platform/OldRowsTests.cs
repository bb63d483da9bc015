using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class OldRowsTests
{
    [Fact]
    public async Task Rows_that_were_not_written_for_long_go_and_others_stay()
    {
        var time = new ManualTime();
        var storage = new Storage(new StorageAddress(Azurite.NewAccount(), null, null, null), []);
        var (counts, mixed) = (storage.Table("counts"), storage.Table("mixed"));
        await counts.CreateIfNotExistsAsync();
        await mixed.CreateIfNotExistsAsync();
        for (var i = 0; i < 230; i++)
        {
            await counts.AddEntityAsync(new TableEntity(i < 200 ? "many" : $"p{i}", $"r{i}"));
        }

        await mixed.AddEntityAsync(new TableEntity("p", "k|1"));
        await mixed.AddEntityAsync(new TableEntity("p", "n|1"));
        var rows = new OldRows(storage, [new("counts", TimeSpan.FromDays(7)), new("mixed", TimeSpan.FromDays(62), "k|")], new MachineClock(time), NullLogger<OldRows>.Instance);

        (await rows.DeleteAsync(CancellationToken.None)).ShouldBe(0, "nothing is old");
        time.Advance(TimeSpan.FromDays(8));
        (await rows.DeleteAsync(CancellationToken.None)).ShouldBe(230);
        time.Advance(TimeSpan.FromDays(60));
        (await rows.DeleteAsync(CancellationToken.None)).ShouldBe(1);
        (await mixed.GetEntityIfExistsAsync<TableEntity>("p", "n|1")).HasValue.ShouldBeTrue();
        (await rows.DeleteAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task What_the_features_let_go_is_never_needed_again_within_a_month()
    {
        var app = await TestApp.Shared;
        var kinds = app.Services.GetServices<PassingRows>().ToList();
        kinds.Select(kind => kind.Table).ShouldBe(["accounts", "challenges", "idempotency", "mailoperations", "merchantwebhooks", "merchantwebhooks", "notices", "notices", "ratelimits"], ignoreOrder: true);
        kinds.Where(kind => kind.Table != "ratelimits").ShouldAllBe(kind => kind.Age > TimeSpan.FromDays(30));
    }
}
