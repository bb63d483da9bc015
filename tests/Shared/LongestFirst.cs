using Xunit;
using Xunit.Abstractions;

namespace WalletFunctions.TestSupport;

/// <summary>Begins with the classes that last longest: begun at the end, the run would wait for them alone.</summary>
/// <param name="longest">The longest first, those that compute beside those that wait.</param>
public abstract class LongestFirst(params Type[] longest) : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Rank);

    /// <summary>Every class is a collection of its own, called after it.</summary>
    private int Rank(ITestCollection collection)
    {
        var rank = Array.FindIndex(longest, type => collection.DisplayName.EndsWith(" " + type.FullName, StringComparison.Ordinal));
        return rank < 0 ? longest.Length : rank;
    }
}
