// The sign-in of the test: the header is the user.
'use strict';

exports.userOf = (request) => request.headers.authorization;
