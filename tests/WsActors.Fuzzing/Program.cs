using System.CommandLine;
using WsActors.Fuzzing;
using WsActors.Fuzzing.LongRun;

// Exit codes: 0 every case kept the contract, 1 one did not, or the command line is not understood.
var minutes = new Option<double>("--minutes") { Description = "How long to run.", DefaultValueFactory = static _ => 1 };
var cases = new Option<long>("--cases") { Description = "Most cases of each target.", DefaultValueFactory = static _ => long.MaxValue };
var names = new Option<string[]>("--target") { Description = "Only this target; repeatable." };
names.AcceptOnlyFromAmong([.. Catalogue.Targets.Select(static target => target.Name)]);
var seed = new Option<int>("--seed")
{
    Description = "The same seed gives the same cases.",
    DefaultValueFactory = static _ => Random.Shared.Next(),
};
var replay = new Option<FileInfo>("--replay") { Description = "Runs one case again, from the file that its failure left." };
replay.AcceptExistingOnly();

var root = new RootCommand("Looks for bytes that a parser of WsActors cannot bear.") { minutes, cases, names, seed, replay };
root.SetAction(parsed => parsed.GetValue(replay) is { } file ? Replay(file) : Explore(parsed));
return root.Parse(args).Invoke();

int Explore(ParseResult parsed)
{
    var chosen = parsed.GetValue(names) is { Length: > 0 } some ? some.Distinct().Select(Catalogue.Named) : Catalogue.Targets;
    var duration = TimeSpan.FromMinutes(parsed.GetValue(minutes));
    var campaign = new Campaign(
        chosen, parsed.GetValue(seed), duration, parsed.GetValue(cases), Console.Out, Path.Combine("artifacts", "fuzzing"));
    return campaign.Run() ? 0 : 1;
}

static int Replay(FileInfo file)
{
    try
    {
        Console.WriteLine(FailureFile.Replay(file.FullName));
        return 0;
    }
    catch (FuzzingException failure)
    {
        Console.WriteLine(failure);
        return 1;
    }
}
