using WsActors.Fuzzing.Inputs;

namespace WsActors.Fuzzing.LongRun;

/// <summary>
/// The shortest input for each step of behaviour that was seen: damage to them goes deeper than damage to what is valid. Bounded: once it
/// is full, only shorter inputs come in.
/// </summary>
internal sealed class Corpus
{
    private const int MostInputs = 5000;

    private readonly Dictionary<string, int> _places = [];
    private readonly List<byte[]> _inputs = [];

    /// <summary>How many steps of behaviour were seen.</summary>
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
