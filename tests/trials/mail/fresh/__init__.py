"""Replies and mail of programs, each set written before anything was tried on it, and read once before anything was mended.

The scores at that first reading; what the trial prints of these sets today says only what has been kept since.

====================  =======  ===========  =====================================================================
set                   of       missed       what
====================  =======  ===========  =====================================================================
replies-1, replies    170      3 kept       two heads of Lotus Notes, one of Mail for Windows without spaces
                               0 lost
replies-2, untouched  73       0 kept
                               6 lost       5 times one line `> ...` of the writer's own; a journey with a date
machines-1, machines  84       6 missed     Lotus Notes (3), a gateway's bounce, Substack, `noreponse@`
machines-1, people    82       7 taken      4 with List-Unsubscribe, 2 by subject, 1 redirected by a rule
machines-2, untouched 41       0 missed
machines-2, people    41       1 taken      the first mail of a recruiter's tool, with List-Unsubscribe
====================  =======  ===========  =====================================================================

The same replies read by mail-parser-reply 1.36: of the plain ones 51 of 133 and 33 of 60 with quoted text kept, 20 and 2
with own words lost; by quotequail 0.5.4: 29 and 17 kept, 21 and 5 lost. In no program's mail was either of them better.
"""
