using System.Reflection;
using System.Reflection.Emit;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using static Embedded.Tests.Durable.Conformance.StatedByAttribute;
using CoreTaskFailedException = DurableTask.Core.Exceptions.TaskFailedException;
using TaskFailedException = Microsoft.DurableTask.TaskFailedException;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>The types that need no engine.</summary>
public class AbstractionsTests
{
    [Fact]
    [StatedBy(Sdk, "src/Abstractions/Pageable.cs")]
    public async Task Pages_refuse_nulls_and_end_with_the_first_that_has_no_token()
    {
        Should.Throw<ArgumentNullException>(() => new Page<string>(null!));
        Should.Throw<ArgumentNullException>(() => Pageable.Create((Func<string?, CancellationToken, Task<Page<string>>>)null!));
        Should.Throw<ArgumentNullException>(() => Pageable.Create((Func<string?, int?, CancellationToken, Task<Page<string>>>)null!));
        var pages = Pageable.Create<string>((token, size, _) => Task.FromResult(new Page<string>([$"{token}{size}"], token is null ? "next" : null)));
        (await pages.AsPages(pageSizeHint: 5).Select(page => page.Values[0]).ToListAsync()).ShouldBe(["5", "next5"]);
        (await pages.ToListAsync()).ShouldBe(["", "next"]);
    }

    [Fact]
    [StatedBy(Sdk, "src/Client/Core/PurgeResult.cs")]
    public void A_purge_has_a_count_that_is_not_negative_and_may_be_incomplete()
    {
        Should.Throw<ArgumentException>(() => new PurgeResult(-1)).ShouldBeOfType<ArgumentException>();
        (new PurgeResult(2).IsComplete, new PurgeResult(2, false).IsComplete).ShouldBe((null, false));
    }

    [Fact]
    [StatedBy(Sdk, "src/Client/Core/OrchestrationMetadata.cs")]
    public void An_instance_in_words_has_its_times_and_the_beginnings_of_its_payloads()
    {
        var instance = new OrchestrationMetadata("Step", "one")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Failed,
            CreatedAt = DateTimeOffset.UnixEpoch,
            LastUpdatedAt = DateTimeOffset.UnixEpoch.AddHours(1),
            SerializedInput = new string('x', 51),
            SerializedOutput = "late",
            FailureDetails = new("System.TimeoutException", "late", null, null, null),
        };
        instance.ToString().ShouldBe(
            "[Name: 'Step', ID: 'one', RuntimeStatus: Failed, CreatedAt: 1970-01-01T00:00:00, LastUpdatedAt: 1970-01-01T01:00:00, "
            + $"Input: '{new string('x', 50)}...', Output: 'late', FailureDetails: 'System.TimeoutException - late']");
    }

    [Fact]
    [StatedBy(Sdk, "src/Abstractions/TaskFailureDetails.cs")]
    public void Details_of_an_exception_are_its_own_and_those_of_the_engines_are_the_tasks()
    {
        var plain = TaskFailureDetails.FromException(new TimeoutException("late", new FormatException("deep")));
        (plain.ToString(), plain.InnerFailure!.ToString(), plain.Properties).ShouldBe(("System.TimeoutException: late", "System.FormatException: deep", null));
        TaskFailureDetails.FromException(new CoreTaskFailedException("reason")).ToString().ShouldBe("(unknown): (unknown)");
        var failed = new TaskFailedException("Step", 3, new InvalidOperationException("broken"));
        (failed.Message, failed.FailureDetails.ErrorType, failed.InnerException!.Message)
            .ShouldBe(("Task 'Step' (#3) failed with an unhandled exception: broken", "System.InvalidOperationException", "broken"));
        var told = new TaskFailedException("Step", 3, plain);
        (told.InnerException, TaskFailureDetails.FromException(told).InnerFailure).ShouldBe((null, null));
        new TaskFailedException("Step", 3, (TaskFailureDetails)null!).Message.ShouldBe("Task 'Step' (#3) failed with an unhandled exception.");
        Should.Throw<ArgumentNullException>(() => TaskFailureDetails.FromException(null!));
        Should.Throw<ArgumentException>(() => plain.IsCausedBy(typeof(string)));
    }

    [Fact]
    [StatedBy(Sdk, "src/Abstractions/TaskFailureDetails.cs")]
    public void A_cause_that_several_assemblies_have_is_the_callers_own_or_else_ambiguous()
    {
        static void Define(string assembly, string type) => AssemblyBuilder.DefineDynamicAssembly(new(assembly), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("main").DefineType(type, TypeAttributes.Public, typeof(Exception)).CreateType();
        var twin = typeof(TwinException).FullName!;
        foreach (var assembly in new[] { "first", "second" })
        {
            Define(assembly, twin);
            Define(assembly, "Stranger");
        }
        var format = typeof(FormatException);
        new TaskFailureDetails(twin, "", null, null, null).IsCausedBy(format).ShouldBeTrue();
        Should.Throw<AmbiguousMatchException>(() => new TaskFailureDetails("Stranger", "", null, null, null).IsCausedBy(format));
        new TaskFailureDetails("No.Such", "", null, null, null).IsCausedBy(format).ShouldBeFalse();
    }

    [Fact]
    [StatedBy(Core, "src/DurableTask.Core/Exceptions/OrchestrationException.cs")]
    public void The_engines_exceptions_are_of_one_family()
    {
        typeof(CoreTaskFailedException).BaseType.ShouldBe(typeof(OrchestrationException));
        typeof(NonDeterministicOrchestrationException).BaseType.ShouldBe(typeof(OrchestrationException));
        typeof(OrchestrationAlreadyExistsException).BaseType.ShouldBe(typeof(InvalidOperationException));
    }

    [Fact]
    [StatedBy(Sdk, "test/Abstractions.Tests/TaskOrchestrationContextReplaySafeLoggerFactoryTests.cs", nameof(TaskOrchestrationContext.CreateReplaySafeLogger), nameof(TaskOrchestrationContext.ReplaySafeLoggerFactory))]
    public void A_context_around_another_logs_through_the_inner_ones_factory_and_one_around_itself_is_refused()
    {
        var inner = new Wrapping();
        var outer = new Wrapping { Around = inner };
        outer.ReplaySafeLoggerFactory.CreateLogger("x").ShouldNotBeNull();
        outer.CreateReplaySafeLogger<AbstractionsTests>().ShouldNotBeNull();
        outer.Around = outer;
        Should.Throw<InvalidOperationException>(() => outer.CreateReplaySafeLogger("x"));
        Should.Throw<InvalidOperationException>(() => outer.ReplaySafeLoggerFactory.CreateLogger("x"));
    }

    [Fact]
    [StatedBy(Sdk, "src/Client/Core/DurableTaskClient.cs")]
    public void Only_heirs_make_a_client()
        => typeof(DurableTaskClient).GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).ShouldHaveSingleItem().IsFamily.ShouldBeTrue();

    private sealed class TwinException : FormatException;

    private sealed class Wrapping : TaskOrchestrationContext
    {
        public Wrapping? Around { get; set; }

        public override TaskName Name => "Wrapping";

        public override string InstanceId => "wrapping";

        public override ParentOrchestrationInstance? Parent => null;

        public override DateTime CurrentUtcDateTime => DateTime.UnixEpoch;

        public override bool IsReplaying => false;

        protected override ILoggerFactory LoggerFactory => Around?.ReplaySafeLoggerFactory ?? NullLoggerFactory.Instance;

        public override T? GetInput<T>()
            where T : default => default;

        public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) => throw new NotSupportedException();

        public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

        public override void SetCustomStatus(object? customStatus) => throw new NotSupportedException();

        public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) => throw new NotSupportedException();

        public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) => throw new NotSupportedException();

        public override Guid NewGuid() => throw new NotSupportedException();
    }
}
