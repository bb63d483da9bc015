using Embedded.Tests.Durable;
using Embedded.Tests.Worker;
using WalletFunctions.TestSupport;
using Xunit;

[assembly: TestCollectionOrderer("Embedded.Tests.Support.Order", "Embedded.Tests")]

namespace Embedded.Tests.Support;

public sealed class Order() : LongestFirst(
    typeof(AbandonmentTests), typeof(CrashWalkTests), typeof(Worker.QueueTests), typeof(TimerLeaseTests), typeof(TimerTests), typeof(CrashTests));
