using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Shouldly;
using WalletFunctions;
using WalletFunctions.Platform;
using WalletFunctions.Platform.OpenApi;
using Xunit;

namespace Functions.Tests.Conventions;

/// <summary>What review would otherwise have to repeat of every function.</summary>
public sealed partial class FunctionConventionTests
{
    [Fact]
    public void Every_HTTP_function_says_who_may_call_it() =>
        FunctionCatalog.OfApp.Functions.Where(function => function.Access is null).Select(function => function.Name).ShouldBeEmpty();

    [Fact]
    public void Every_HTTP_function_is_described_and_in_the_document()
    {
        FunctionCatalog.OfApp.Functions.Where(function => function.Operation is null).Select(function => function.Name).ShouldBeEmpty();
        var paths = OpenApiDocument.Root["paths"]!.AsObject();
        foreach (var function in FunctionCatalog.OfApp.Functions.Where(OpenApiDocument.Includes))
        {
            function.Methods.ShouldNotBeEmpty($"{function.Name} must name its methods");
            foreach (var method in function.Methods)
            {
                paths[OpenApiDocument.PathOf(function)]?[method.ToLowerInvariant()].ShouldNotBeNull($"{method} {function.Route} is not in the document");
            }
        }
    }

    [Fact]
    public void Only_the_catch_all_is_left_out_of_the_document() =>
        FunctionCatalog.OfApp.Functions.Where(function => !OpenApiDocument.Includes(function)).Select(function => function.Name).ShouldBe(["Unknown"]);

    [Fact]
    public void HTTP_functions_leave_keys_to_nobody_and_return_results_the_worker_understands()
    {
        foreach (var function in FunctionCatalog.OfApp.Functions)
        {
            var trigger = function.Method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).First(found => found is not null)!;
            trigger.AuthLevel.ShouldBe(AuthorizationLevel.Anonymous, $"{function.Name}: the host's keys answer without a problem body");
            new[] { typeof(Microsoft.AspNetCore.Http.IResult), typeof(Task<Microsoft.AspNetCore.Http.IResult>) }.ShouldContain(function.Method.ReturnType, function.Name);
        }
    }

    [Fact]
    public void Routes_under_sandbox_exist_only_in_the_sandbox() =>
        FunctionCatalog.OfApp.Functions.Where(function => function.Route.StartsWith("sandbox", StringComparison.Ordinal) != function.SandboxOnly).Select(function => function.Name).ShouldBeEmpty();

    [Fact]
    public void Answers_show_no_public_property_to_the_workers_second_serialisation() =>
        typeof(WalletApp).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(Microsoft.AspNetCore.Http.IResult)))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{type.Name}.{property.Name}"))
            .ShouldBeEmpty();

    [Fact]
    public void Only_what_the_worker_needs_is_public()
    {
        var needed = FunctionTypes().SelectMany(type => type.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(parameter => parameter.ParameterType))
            .Concat(FunctionTypes())
            .ToHashSet();
        var functions = FunctionTypes().ToList();
        functions.ShouldAllBe(type => type.IsPublic);
        needed.Where(type => type.Assembly == typeof(WalletApp).Assembly && !type.IsPublic).ShouldBeEmpty();
    }

    [Fact]
    public void Function_names_are_unique_whatever_their_case() =>
        FunctionTypes().SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>()
            .GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();

    /// <summary>The Functions host takes the first match in the order of names, not the most precise one as ASP.NET Core does.</summary>
    [Fact]
    public void No_function_hides_another_from_the_Functions_host()
    {
        var asked = FunctionCatalog.OfApp.Functions.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var function in asked)
        {
            foreach (var method in function.Methods)
            {
                asked.First(other => (other.Methods.Count == 0 || other.Methods.Contains(method)) && other.Matches(function.Route)).Name
                    .ShouldBe(function.Name, $"{method} {function.Route}");
            }
        }
    }

    /// <summary>The suffix is what switches on the analyzer section for code that is replayed.</summary>
    [Fact]
    public void Orchestrators_live_in_files_named_so()
    {
        var root = Repository.Root;
        var sources = Directory.EnumerateFiles(Path.Combine(root, "src", "Functions"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        sources.Where(file => OrchestrationTrigger().IsMatch(File.ReadAllText(file)) && !file.EndsWith("Orchestrator.cs", StringComparison.Ordinal))
            .Select(Path.GetFileName).ShouldBeEmpty();
    }

    private static IEnumerable<Type> FunctionTypes() => typeof(WalletApp).Assembly.GetTypes()
        .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Any(method => method.IsDefined(typeof(FunctionAttribute))));

    [GeneratedRegex(@"\[OrchestrationTrigger\]", RegexOptions.NonBacktracking)]
    private static partial Regex OrchestrationTrigger();
}
