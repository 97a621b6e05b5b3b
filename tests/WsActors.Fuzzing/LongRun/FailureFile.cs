using System.Globalization;

namespace WsActors.Fuzzing.LongRun;

/// <summary>A failing case on disk: a line each for target, seed and input in hex.</summary>
internal static class FailureFile
{
    /// <returns>The path.</returns>
    public static string Write(string folder, FuzzingException failure)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{failure.Target}-{failure.Seed.ToString(CultureInfo.InvariantCulture)}.txt");
        File.WriteAllLines(
            path, [failure.Target.Name, failure.Seed.ToString(CultureInfo.InvariantCulture), Convert.ToHexString(failure.Input)]);
        return path;
    }

    /// <exception cref="FuzzingException">It still fails.</exception>
    public static Reading Replay(string path)
    {
        var lines = File.ReadAllLines(path);
        return Contract.Check(
            Catalogue.Named(lines[0]), Convert.FromHexString(lines[2]), int.Parse(lines[1], CultureInfo.InvariantCulture));
    }
}
