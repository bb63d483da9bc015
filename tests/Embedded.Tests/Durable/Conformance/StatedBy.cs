using System.Reflection;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Shouldly;
using Xunit;

namespace Embedded.Tests.Durable.Conformance;

/// <summary>The official source whose behaviour a case states.</summary>
/// <param name="repository">One of the constants.</param>
/// <param name="file">The path in it.</param>
/// <param name="members">The members of the context or the client that the case is about.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StatedByAttribute(string repository, string file, params string[] members) : Attribute
{
    public const string Sdk = "microsoft/durabletask-dotnet";
    public const string Core = "Azure/durabletask";
    public const string Extension = "Azure/azure-functions-durable-extension";

    public string Source { get; } = $"{repository}: {file}";

    public IReadOnlyList<string> Members { get; } = members;
}

/// <summary>The suite itself: nothing unsourced, no member without a case.</summary>
public sealed class SuiteTests
{
    private static readonly List<MethodInfo> Cases = typeof(SuiteTests).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(SuiteTests).Namespace && type != typeof(SuiteTests))
        .SelectMany(type => type.GetMethods())
        .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
        .ToList();

    [Fact]
    public void Every_case_names_its_official_source()
        => Cases.Where(method => method.GetCustomAttribute<StatedByAttribute>() is null).Select(method => method.Name).ShouldBeEmpty();

    [Fact]
    public void Every_member_of_the_context_and_the_client_has_a_case()
    {
        var named = Cases.SelectMany(method => method.GetCustomAttribute<StatedByAttribute>()!.Members).ToHashSet(StringComparer.Ordinal);
        var members = new[] { typeof(TaskOrchestrationContext), typeof(DurableTaskClient) }
            .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false })
            .Select(member => member.Name);
        members.Except(named, StringComparer.Ordinal).ShouldBeEmpty();
    }
}
