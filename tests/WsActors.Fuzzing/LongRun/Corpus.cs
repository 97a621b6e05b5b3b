using WsActors.Fuzzing.Inputs;

namespace WsActors.Fuzzing.LongRun;

/// <summary>
/// The shortest input for each behavior seen: their mutations reach deeper than those of valid inputs. Bounded: a full corpus accepts only
/// shorter inputs.
/// </summary>
internal sealed class Corpus
{
    private const int MostInputs = 5000;

    private readonly Dictionary<string, int> _places = [];
    private readonly List<byte[]> _inputs = [];

    /// <summary>The number of distinct behaviors seen.</summary>
    public int Count => _inputs.Count;

    public void Add(byte[] input, IReadOnlySet<string> behaviour)
    {
        foreach (var step in behaviour)
        {
            if (_places.TryGetValue(step, out var place))
            {
                _inputs[place] = input.Length < _inputs[place].Length ? input : _inputs[place];
            }
            else if (_inputs.Count < MostInputs)
            {
                _places.Add(step, _inputs.Count);
                _inputs.Add(input);
            }
        }
    }

    /// <summary>An input of the corpus, with damage. There must be one.</summary>
    public byte[] Mutated(Random random) => Mutation.Of(_inputs[random.Next(_inputs.Count)], _inputs, random);
}
