using System.Reflection;
using WalletFunctions.Bench;

if (args is [EmptyApp.Argument, var port])
{
    await EmptyApp.RunAsync(port);
    return 0;
}

if (args is [SoakCommand.Verb, .. var options])
{
    return await SoakCommand.RunAsync(options);
}

var run = new BenchRun(args.Contains("--short", StringComparer.Ordinal));
var only = args.FirstOrDefault(arg => !arg.StartsWith('-'));
var scenarios = Assembly.GetExecutingAssembly().GetTypes()
    .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IScenario)))
    .Select(type => (IScenario)Activator.CreateInstance(type)!)
    .Where(scenario => only is null || scenario.Name == only)
    .OrderBy(scenario => scenario.Name, StringComparer.Ordinal);
foreach (var scenario in scenarios)
{
    await scenario.RunAsync(run);
}

return 0;
