using Embedded.Tests.Durable;
using Embedded.Tests.Worker;
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Embedded.Tests.Support.LongestFirst", "Embedded.Tests")]

namespace Embedded.Tests.Support;

/// <summary>Begins with the classes that last longest, those that compute beside those that wait: at the end the run would wait for them alone.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Type[] Longest =
        [typeof(AbandonmentTests), typeof(CrashWalkTests), typeof(Worker.QueueTests), typeof(TimerLeaseTests), typeof(TimerTests), typeof(CrashTests)];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Rank);

    /// <summary>Every class is a collection of its own, called after it.</summary>
    private static int Rank(ITestCollection collection)
    {
        var rank = Array.FindIndex(Longest, type => collection.DisplayName.Contains(type.FullName!, StringComparison.Ordinal));
        return rank < 0 ? Longest.Length : rank;
    }
}
