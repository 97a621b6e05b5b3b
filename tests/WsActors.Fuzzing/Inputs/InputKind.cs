namespace WsActors.Fuzzing.Inputs;

/// <summary>The origin of an input.</summary>
internal enum InputKind
{
    /// <summary>Bytes without any form.</summary>
    RandomBytes,

    /// <summary>The form that the target expects, mostly legal.</summary>
    RandomShapes,

    /// <summary>A valid session with some damage.</summary>
    MutatedSessions,
}

/// <summary>Inputs for a target.</summary>
internal static class InputKinds
{
    extension(InputKind kind)
    {
        /// <summary>The same seed gives the same input.</summary>
        public byte[] For(Target target, int seed)
        {
            var random = new Random(seed);
            return kind switch
            {
                InputKind.RandomBytes => RandomText.Bytes(random),
                InputKind.RandomShapes => target.Shape(random),
                _ => Mutation.Of(target.Sessions[random.Next(target.Sessions.Count)], target.Sessions, random),
            };
        }
    }
}
