using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.Reviews;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Reviews;

/// <summary>The clock's round over what is due.</summary>
public sealed class ReviewDueTests
{
    [Fact]
    public async Task One_whose_storage_does_not_answer_keeps_no_other_waiting()
    {
        var kind = new SilentKind();
        using var app = TestApp.Unstarted(Azurite.NewAccount(), builder => builder.Services.AddSingleton<IReviewKind>(kind));
        await app.Services.GetRequiredService<Storage>().Table(ReviewTable.TableName).CreateIfNotExistsAsync();
        var table = app.Services.GetRequiredService<ReviewTable>();
        var at = app.Services.GetRequiredService<TimeProvider>().GetUtcNow() - TimeSpan.FromDays(2);
        string[] ids = [.. Enumerable.Range(1, 3).Select(number => $"rev_{number:D26}")];
        foreach (var id in ids)
        {
            await table.AddAsync(new ReviewRecord { PartitionKey = id, Kind = kind.Kind, CreatedAt = at, ExpiresAt = at.AddDays(1) }, CancellationToken.None);
            await table.NoteDueAsync(ReviewId.Of(id), at.AddDays(1), CancellationToken.None);
        }

        await app.Services.GetRequiredService<ReviewDesk>().RunDueAsync(CancellationToken.None);

        kind.Seen.Order(StringComparer.Ordinal).ShouldBe(ids);
    }

    /// <summary>What it needs never answers, so that its client gives up.</summary>
    private sealed class SilentKind : IReviewKind
    {
        public ConcurrentQueue<string> Seen { get; } = new();

        public string Kind => "silent";

        public Task<bool> ExpireAsync(ReviewRecord review, ReviewHand hand, CancellationToken cancellationToken)
        {
            Seen.Enqueue(review.PartitionKey);
            throw new TaskCanceledException("No answer came in time.");
        }

        public Task<DomainError?> ObstacleAsync(ReviewRecord review, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Result<ReviewOutcome>> DecideAsync(ReviewRecord review, ReviewOutcome chosen, ReviewHand hand, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Text Told(ReviewRecord review, ReviewOutcome ended) => throw new NotSupportedException();
    }
}
